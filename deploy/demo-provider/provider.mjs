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
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (context, name) => Object.hasOwn(people(), name) && ({
    accountId: name,
    claims: async () => ({ sub: name, preferred_username: name, ...people()[name] }),
  }),
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
provider.listen(port, '127.0.0.1', () => console.log(`provider ${issuer}`));
