// An OpenID provider for trying and testing the hub: certified software, on loopback only, no passwords.
// It must never be used for real people: whoever gives a name of the file of people is let in as that person.
//
//   PROVIDER_PORT, HUB_URL, CLIENT_ID, CLIENT_SECRET, COOKIE_KEY   from who starts it
//   PEOPLE_FILE   JSON: name -> {"email": ..., "groups": [...]}; read anew at every request
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
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
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

// The page on which somebody says who they are: a button for each person, nothing from elsewhere.
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (names) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · demonstration</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:12vh auto;padding:0 1.5rem}
button{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.75rem;text-align:start}</style></head>
<body><main><h1>Who are you?</h1><p>This log-in is for trying Catalynx on one computer. It asks for no password.</p>
<form method="post">${names.map((name) => `<button name="login" value="${escaped(name)}">${escaped(name)}</button>`).join('')}</form>
</main></body></html>`;
const headers = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer',
};

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
    context.body = page(Object.keys(people()));
    return undefined;
  }
  const name = (await body(context.req)).get('login') ?? '';
  if (!Object.hasOwn(people(), name)) context.throw(403, 'nobody of that name');
  context.respond = false;
  return provider.interactionFinished(context.req, context.res, { login: { accountId: name } });
});

provider.listen(port, '127.0.0.1', () => console.log(`provider ${issuer}`));
