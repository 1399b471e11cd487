import type { FastifyInstance } from "fastify";

interface Sentences {
  readonly lang: string;
  readonly title: string;
  readonly lead: string;
  readonly links: readonly (readonly [href: string, name: string, what: string])[];
  /** How one gets a token: where it is tried out, and in production. */
  readonly tokens: { readonly development: string; readonly production: string };
}

const SENTENCES: readonly Sentences[] = [
  {
    lang: "en",
    title: "Rekindle is running",
    lead: "Discussions, points and coupons over one GraphQL API, and workers that bring members back.",
    links: [
      ["/graphiql", "GraphiQL", "try queries and read the schema"],
      ["/readyz", "Readiness", "whether everything it needs answers"],
      ["/metrics", "Metrics", "for Prometheus"],
    ],
    tokens: {
      development:
        "Tokens for each role were printed where it was started; <code>npx rekindle token --role operator</code> makes another.",
      production: "Members come in with the tokens of their own provider.",
    },
  },
  {
    lang: "zh-CN",
    title: "Rekindle 正在运行",
    lead: "通过一个 GraphQL API 提供讨论、积分与优惠券，并由后台任务唤回即将流失的成员。",
    links: [
      ["/graphiql", "GraphiQL", "试用查询、阅读模式文档"],
      ["/readyz", "就绪检查", "所依赖的服务是否正常"],
      ["/metrics", "指标", "供 Prometheus 采集"],
    ],
    tokens: {
      development:
        "各角色的令牌已在启动时打印；也可运行 <code>npx rekindle token --role operator</code> 获取新的令牌。",
      production: "成员使用各自身份提供方签发的令牌登录。",
    },
  },
];

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:12vh auto;padding:0 1.5rem}
h1{font-size:1.6rem;margin:0}section+section{margin-top:3rem}dt{margin-top:.6rem}dd{margin:0;opacity:.75}a{color:#c2410c}`;

interface StartPageOptions {
  readonly graphiql: boolean;
  readonly production: boolean;
}

/** The page at `/`: where everything is, in both languages. It asks nothing of any other host. */
export function startPageRoute(options: StartPageOptions) {
  const page = render(options);
  return (app: FastifyInstance): void => {
    app.get("/", (_request, reply) =>
      reply
        .header("content-type", "text/html; charset=utf-8")
        .header(
          "content-security-policy",
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        )
        .send(page),
    );
  };
}

function render({ graphiql, production }: StartPageOptions): string {
  const sections = SENTENCES.map(({ lang, title, lead, links, tokens }) => {
    const shown = links.filter(([href]) => graphiql || href !== "/graphiql");
    const list = shown.map(([href, name, what]) => `<dt><a href="${href}">${name}</a></dt><dd>${what}</dd>`).join("");
    return `<section lang="${lang}"><h1>${title}</h1><p>${lead}</p><dl>${list}</dl><p>${production ? tokens.production : tokens.development}</p></section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Rekindle</title><style>${STYLE}</style></head><body>${sections.join("")}</body></html>`;
}
