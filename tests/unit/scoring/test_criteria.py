"""Each criterion: in range, unknown where data are missing, monotone where its definition says so, sentences with the figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalynx.rules import Applicant, Rules
from catalynx.scoring import criteria
