import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";
import { Provider } from "oidc-provider";

/** A person as the provider knows them; `sub` and whatever claims the provider puts into tokens. */
export interface Account {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export const AUDIENCE = "https://api.rekindle.example";
export const CLIENT_ID = "course-platform";
const REDIRECT_URI = "https://courses.example/signed-in";
const SCOPE = "openid profile email";

/** A real OpenID provider (oidc-provider) on a port of its own: people sign in by authorization code with PKCE. */
export class OpenIdProvider {
  readonly #accounts = new Map<string, Account>();
  readonly #server: Server;
  #port = 0;
  #keys: JWK[] = [];
  #provider: Provider | null = null;
  /** How often the key set was fetched. */
  keySetRequests = 0;
  /** What to answer instead of the key set. */
  keySetAnswer: { readonly status: number; readonly body: string } | null = null;

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(): Promise<OpenIdProvider> {
    const started = new OpenIdProvider();
    await started.listen();
    await started.rotateKeys();
    return started;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get jwksUri(): string {
    return `${this.issuer}/jwks`;
  }

  /** The newest key, as the provider holds it. */
  get signingKey(): JWK {
    return this.#keys[0]!;
  }

  /** Goes on at the port of last time. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Signs with a new key from now on, and forgets the older ones. */
  async rotateKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const kid = `key-${randomBytes(4).toString("hex")}`;
    this.#keys = [{ ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" }];
    this.#provider = this.#configure();
  }

  /** What the platform's frontend gets when a person signs in. */
  async signIn(account: Account): Promise<{ accessToken: string; idToken: string }> {
    this.#accounts.set(account.sub, account);
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      client_id: CLIENT_ID,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      resource: AUDIENCE,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      login_hint: account.sub,
    });
    const code = await this.#codeOf(`${this.issuer}/auth?${query}`);
    const body = { client_id: CLIENT_ID, grant_type: "authorization_code", code, code_verifier: verifier };
    const answer = await fetch(`${this.issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({ ...body, redirect_uri: REDIRECT_URI, resource: AUDIENCE }),
    });
    const tokens = (await answer.json()) as { access_token?: string; id_token?: string };
    if (!tokens.access_token || !tokens.id_token) throw new Error(`no tokens: ${JSON.stringify(tokens)}`);
    return { accessToken: tokens.access_token, idToken: tokens.id_token };
  }

  /** A token of this issuer with these claims, signed with its own key: for what the provider itself would not issue. */
  async sign(
    claims: JWTPayload,
    header: Partial<JWTHeaderParameters> = {},
    key: JWK = this.signingKey,
  ): Promise<string> {
    const good = { iss: this.issuer, aud: AUDIENCE, sub: "ada", exp: Math.floor(Date.now() / 1_000) + 3_600 };
    return new SignJWT(JSON.parse(JSON.stringify({ ...good, ...claims })))
      .setProtectedHeader({ alg: "RS256", kid: this.signingKey.kid, ...header })
      .sign(await importJWK(key, "RS256"));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const provider = this.#provider!;
    if (request.url === "/jwks") {
      this.keySetRequests += 1;
      if (this.keySetAnswer !== null) {
        response.writeHead(this.keySetAnswer.status).end(this.keySetAnswer.body);
        return;
      }
    }
    if (request.url?.startsWith("/interaction/")) {
      this.#finishSignIn(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
    } else {
      provider.callback()(request, response);
    }
  }

  /** Stands for the page on which a person would type a password. */
  async #finishSignIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    await provider.interactionFinished(request, response, { login: { accountId: String(params.login_hint) } });
  }

  /** Follows the redirects of a sign-in as a browser does, cookies included, until they lead back with a code. */
  async #codeOf(start: string): Promise<string> {
    const cookies = new Map<string, string>();
    let url = new URL(start);
    for (let hop = 0; hop < 10; hop += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = answer.headers.get("location");
      if (location === null) throw new Error(`the sign-in stopped: ${answer.status} ${await answer.text()}`);
      url = new URL(location, url);
      const code = url.searchParams.get("code");
      if (code !== null && url.href.startsWith(REDIRECT_URI)) return code;
    }
    throw new Error(`the sign-in went in circles, at last to ${url.href}`);
  }

  #configure(): Provider {
    const claimsOf = (sub: string | undefined) => ({ ...this.#accounts.get(sub ?? "") });
    const provider: Provider = new Provider(this.issuer, {
      jwks: { keys: this.#keys as never },
      clients: [
        {
          client_id: CLIENT_ID,
          token_endpoint_auth_method: "none",
          redirect_uris: [REDIRECT_URI],
          grant_types: ["authorization_code"],
          response_types: ["code"],
        },
      ],
      ttl: { Interaction: 600, Grant: 3_600, Session: 3_600 },
      cookies: { keys: ["a secret of the tests"] },
      conformIdTokenClaims: false,
      claims: {
        openid: ["sub", "role", "rekindle_community"],
        profile: ["name", "locale", "zoneinfo"],
        email: ["email"],
      },
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => AUDIENCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: "api",
            audience: AUDIENCE,
            accessTokenFormat: "jwt",
            accessTokenTTL: 3_600,
          }),
        },
      },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...claimsOf(sub) }) }),
      extraTokenClaims: async (_ctx, token) => ("accountId" in token ? claimsOf(token.accountId) : undefined),
      loadExistingGrant: async (ctx) => {
        const { session, client } = ctx.oidc;
        if (!session?.accountId || !client) return undefined;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope(SCOPE);
        grant.addResourceScope(AUDIENCE, "api");
        await grant.save();
        return grant;
      },
    });
    return provider;
  }
}
