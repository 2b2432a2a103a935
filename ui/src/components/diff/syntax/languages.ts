// The language of a file by its name. Only those that the highlighter carries; anything else is shown plain.

const BY_ENDING = new Map(
  Object.entries({
    bash: "bash",
    c: "c",
    cc: "cpp",
    cjs: "javascript",
    cpp: "cpp",
    cs: "csharp",
    css: "css",
    cts: "typescript",
    cxx: "cpp",
    diff: "diff",
    go: "go",
    gql: "graphql",
    graphql: "graphql",
    h: "c",
    hh: "cpp",
    hpp: "cpp",
    htm: "xml",
    html: "xml",
    ini: "ini",
    java: "java",
    js: "javascript",
    json: "json",
    jsonc: "json",
    jsx: "javascript",
    kt: "kotlin",
    kts: "kotlin",
    less: "less",
    lua: "lua",
    m: "objectivec",
    markdown: "markdown",
    md: "markdown",
    mjs: "javascript",
    mk: "makefile",
    mts: "typescript",
    patch: "diff",
    php: "php",
    pl: "perl",
    pm: "perl",
    py: "python",
    pyi: "python",
    r: "r",
    rb: "ruby",
    rs: "rust",
    scss: "scss",
    sh: "bash",
    sql: "sql",
    svg: "xml",
    swift: "swift",
    toml: "ini",
    ts: "typescript",
    tsx: "typescript",
    vb: "vbnet",
    wat: "wasm",
    xml: "xml",
    yaml: "yaml",
    yml: "yaml",
    zsh: "bash",
  }),
);

const BY_NAME = new Map(
  Object.entries({
    "cargo.lock": "ini",
    gemfile: "ruby",
    gnumakefile: "makefile",
    makefile: "makefile",
    rakefile: "ruby",
  }),
);

export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const known = BY_NAME.get(name);
  if (known) return known;
  const dot = name.lastIndexOf(".");
  return dot < 0 ? null : (BY_ENDING.get(name.slice(dot + 1)) ?? null);
}
