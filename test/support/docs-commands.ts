// Which commands in the documentation does a test run, and which not, for what reason?

/** Run as they stand, in a folder of their own. `needs`: variables of a stage with emulated Coze and Telegram. */
export const RUN: readonly { readonly command: string; readonly needs?: 'stage' }[] = [
  { command: 'npm run playground -- --once "你好"' },
  { command: "printf %s 'telegram:42:17' | sha256sum | cut -c1-32" },
]

/** Named within a line rather than in a block, and run all the same. */
export const RUN_BESIDE: typeof RUN = [
  { command: 'npm run schema' },
  { command: 'npm run config', needs: 'stage' },
  { command: 'npm run doctor', needs: 'stage' },
  { command: 'npm run commands', needs: 'stage' },
]

/** Not run here. */
export const NOT_RUN: readonly { readonly command: RegExp; readonly because: string }[] = [
  { command: /^npm ci$/, because: 'it installs; .ci/run begins with it' },
  {
    command: /^npm run playground$/,
    because: 'it runs until it is told to stop; the page has tests of its own',
  },
  {
    command: /^npm run login$/,
    because: 'a person has to confirm it; test/e2e/login.test.ts does so with an emulator',
  },
  { command: /^curl .*\/status\.json$/, because: 'test/e2e/status.test.ts asks a running bridge for it' },
  {
    command: /^docker (build|run) /,
    because: 'there is no Docker where tests run; test/contract/compose.test.ts looks at the files',
  },
  {
    command: /^umask 077 && npx node -e ".*backup.*"$/,
    because: 'it needs a store: tried below by its own test',
  },
]

/** Pages of YAML that are not the bridge's own configuration, by a key of theirs. */
export const FOREIGN_YAML: readonly string[] = ['scrape_configs']
