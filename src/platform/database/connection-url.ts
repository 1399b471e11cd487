/**
 * `url` with PostgreSQL start-up settings, such as `-c role=…`, that hold whatever the address itself asks for: an `options` in
 * the address would otherwise replace those given beside it, and with them the role that row-level security binds.
 */
export function withStartupSettings(url: string, settings: Readonly<Record<string, string | number>>): string {
  const address = new URL(url);
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const theirs = address.searchParams.get("options");
  address.searchParams.set("options", [...(theirs === null ? [] : [theirs]), ...ours].join(" "));
  return address.href;
}
