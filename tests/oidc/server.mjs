// A certified OpenID provider on this machine, for tests: anybody may sign in with any password.
// PORT: where it listens; CLIENT: JSON of one client's metadata.
import Provider from 'oidc-provider';

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;

// `ada.unverified@example.com` has not proven her address here, everybody else has.
const findAccount = (_ctx, sub) => ({
  accountId: sub,
  claims: () => ({
    sub,
    email: sub,
    email_verified: !sub.includes('unverified'),
    given_name: 'Ada',
    family_name: 'Lovelace',
  }),
});

const provider = new Provider(issuer, {
  clients: [JSON.parse(process.env.CLIENT)],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
  conformIdTokenClaims: false,
  findAccount,
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
