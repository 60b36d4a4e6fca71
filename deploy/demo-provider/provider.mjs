// An OpenID provider for trying and testing the hub: certified software, on loopback only, no passwords.
// It must never be used for real people: whoever gives a name of the file of people is let in as that person.
//
//   PROVIDER_PORT, HUB_URL, CLIENT_ID, CLIENT_SECRET, COOKIE_KEY   from who starts it
//   PEOPLE_FILE   JSON: name -> {"email": ..., "groups": [...], "may": what they can do, in words}; read anew at every request
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const need = (name) => {
  if (!process.env[name]) throw new Error(`${name} is missing`);
  return process.env[name];
};
const port = Number(need('PROVIDER_PORT'));
const hub = need('HUB_URL').replace(/\/$/, '');
const issuer = `http://127.0.0.1:${port}`;
const people = () => JSON.parse(readFileSync(need('PEOPLE_FILE'), 'utf8'));
const scope = 'openid profile email groups';
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const provider = new Provider(issuer, {
  clients: [{
    client_id: need('CLIENT_ID'), client_secret: need('CLIENT_SECRET'), token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code'], redirect_uris: [`${hub}/hub/oauth_callback`], post_logout_redirect_uris: [`${hub}/`],
  }],
  scopes: scope.split(' '),
  claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], groups: ['groups'] },
  cookies: { keys: [need('COOKIE_KEY')] },
  pkce: { required: () => true },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      // Its own pages would fetch letters from elsewhere.
      logoutSource: (context, form) => shown(context, 'Sign out of the log-in too?', `<p>You are signed out of Catalynx already.</p>${form}
<button autofocus type="submit" form="op.logoutForm" value="yes" name="logout">Yes, sign me out</button>
<button type="submit" form="op.logoutForm">No, stay logged in</button>`),
      postLogoutSuccessSource: (context) => shown(context, 'You are signed out.', `<p><a href="${escaped(hub)}/">Log in again</a></p>`),
    },
  },
  renderError: (context, out) => shown(context, 'This log-in cannot be used.', `<p>It may be too old. <a href="${escaped(hub)}/">Log in again</a></p>
<p class="small">${escaped(String(out.error))}</p>`),
  findAccount: (context, name) => (Object.hasOwn(people(), name) ? {
    accountId: name,
    claims: async () => ({ sub: name, preferred_username: name, ...people()[name] }),
  } : undefined),
  // Nobody is asked whether the hub may know them: it is their own.
  async loadExistingGrant(context) {
    const { client, session } = context.oidc;
    if (!session.accountId) return undefined;
    const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(scope);
    await grant.save();
    return grant;
  },
});

// The pages that people see: nothing on them is from elsewhere.
const page = (title, content) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Catalynx, demonstration</title>
<style>:root{color-scheme:light dark;--line:#8a94a1;--soft:#56606d;--accent:#00639b}
@media (prefers-color-scheme:dark){:root{--soft:#a6b0bd;--accent:#6fb8ee}}
body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:10vh auto;padding:0 1.5rem}
.mark{display:flex;align-items:center;gap:.5rem;font-weight:700;font-size:1.15rem}.mark svg{width:28px;height:28px}
h1{font-size:1.6rem;margin:1.5rem 0 .5rem}a{color:var(--accent)}.small,button span{color:var(--soft);font-size:.875rem}
button{font:inherit;color:inherit;background:none;display:block;width:100%;margin:.6rem 0;padding:.7rem 1rem;text-align:start;border:1px solid var(--line);border-radius:8px;cursor:pointer}
button:hover,button:focus-visible{border-color:var(--accent);outline:2px solid var(--accent)}button strong,button span{display:block}</style></head>
<body><main><div class="mark"><svg viewBox="0 0 32 32" aria-hidden="true"><path fill="#0072b2" d="M4 3l7.5 6h9L28 3v15c0 6.6-5.4 11-12 11S4 24.6 4 18z"/><path fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" d="M10.5 22v-4M16 22v-7M21.5 22V12"/></svg>Catalynx</div>
<h1>${title}</h1>${content}</main></body></html>`;
const choice = ([name, { may }]) => `<button name="login" value="${escaped(name)}"><strong>${escaped(name)}</strong>${may ? `<span>${escaped(may)}</span>` : ''}</button>`;
const asking = () => page('Who are you?', `<p>This log-in is for trying Catalynx on one computer. It asks for no password.</p>
<form method="post">${Object.entries(people()).map(choice).join('')}</form>`);
const headers = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer',
};
function shown(context, title, content) {
  context.set(headers);
  context.type = 'html';
  context.body = page(title, content);
}

async function body(request) {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > 1000) throw new Error('more than a name was sent');
  }
  return new URLSearchParams(text);
}

provider.use(async (context, next) => {
  if (!/^\/interaction\/[\w-]+$/.test(context.path)) return next();
  await provider.interactionDetails(context.req, context.res);
  context.set(headers);
  if (context.method !== 'POST') {
    context.type = 'html';
    context.body = asking();
    return undefined;
  }
  const name = (await body(context.req)).get('login') ?? '';
  if (!Object.hasOwn(people(), name)) context.throw(403, 'nobody of that name');
  context.respond = false;
  return provider.interactionFinished(context.req, context.res, { login: { accountId: name } });
});

provider.listen(port, '127.0.0.1', () => console.log(`provider ${issuer}`));
