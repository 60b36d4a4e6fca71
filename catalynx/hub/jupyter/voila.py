"""Settings of Voila, which it finds here by ``JUPYTER_CONFIG_PATH``; `catalynx.hub.notebook_apps` says why they are these."""

from __future__ import annotations

from typing import Any

from catalynx.hub.notebook_apps import scripts_of_figures, shown_in_words, with_own_formulas

# Jupyter runs this file with its configuration as `c`.
configuration: Any = globals()["c"]
# A page that is left ends its kernel; this is for those that vanish without a word.
configuration.MappingKernelManager.cull_idle_timeout = 3600
voila = configuration.VoilaConfiguration
voila.template = "catalynx"
# Other templates name addresses elsewhere.
voila.allow_template_override = voila.allow_theme_override = "NO"
voila.classic_tree = True
voila.strip_sources = True
voila.show_tracebacks = False
# By itself Voila hands out pictures of the folder to whoever asks, without a token. Those of a notebook come within its page.
voila.file_allowlist = []
voila.prelaunch_hook = shown_in_words
voila.page_config_hook = with_own_formulas
voila.extra_labextensions_path = [str(scripts_of_figures())]
# Controls of ipywidgets work; extensions for JupyterLab's own pages do not fit in here.
voila.extension_allowlist = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager"]
