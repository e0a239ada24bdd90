// A certified OpenID Connect provider with accounts from a file: {login: {claim: value}}; it is read at each question.
// `node provider.mjs SETTINGS.json`: {port, accounts, redirect_uri, client_id, client_secret, claims_in_id_token, tls, host}.
import { readFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import Provider from "oidc-provider";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = `${settings.tls ? "https" : "http"}://${settings.host}:${settings.port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: settings.client_id,
      client_secret: settings.client_secret,
      redirect_uris: [settings.redirect_uri],
    },
  ],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
  conformIdTokenClaims: !settings.claims_in_id_token,
  pkce: { required: () => true },
  cookies: { keys: ["of a provider for tests alone"] },
  // Its own pages ask for a login, take any password, and ask for consent.
  features: { devInteractions: { enabled: true } },
  async findAccount(_context, login) {
    const claims = JSON.parse(readFileSync(settings.accounts, "utf8"))[login];
    return claims && { accountId: login, claims: () => ({ sub: login, ...claims }) };
  },
});

const server = settings.tls
  ? createSecure({ cert: readFileSync(settings.tls.cert), key: readFileSync(settings.tls.key) }, provider.callback())
  : createPlain(provider.callback());
server.listen(settings.port, "127.0.0.1", () => console.log("listening"));
