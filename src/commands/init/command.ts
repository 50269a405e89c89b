// `bridge init`: from nothing to a configuration that works, in English or Chinese.

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { packageRoot } from '../../assets.ts'
import { realClock } from '../../clock.ts'
import { ConfigError } from '../../config/faults.ts'
import { loadConfig } from '../../config/load.ts'
import type { OAuthTokens } from '../../coze/index.ts'
import { createLogger } from '../../logging.ts'
import { loginShelf } from '../../login.ts'
import { openStore } from '../../store/open.ts'
import { StoreError } from '../../store/store-error.ts'
import { localeOf, readCliWords, type CliLocale, type Say } from '../cli-words.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { inWords } from '../login/command.ts'
import { keepLogin, logIn } from '../login/desk.ts'
import type { Answers } from './answers.ts'
import { createAsker, Interrupted, type Asker } from './asker.ts'
import { envText, variablesOf, yamlText } from './compose.ts'
import { putFiles, textOf, type NewFile } from './files.ts'
import { fromEnvironment } from './from-environment.ts'
import { interview } from './interview.ts'
import type { Env } from './live.ts'

export interface InitOptions {
  /** Ask nothing: everything is in the environment. */
  readonly yes?: boolean
  /** With `yes`: what is there is replaced (a copy is kept). */
  readonly force?: boolean
  readonly lang?: CliLocale
}

export interface InitWorld {
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  complain(text: string): void
  readonly env: Env
  /** Where .env and config/ are. */
  readonly cwd: string
  /** For the names of copies. */
  readonly now: () => number
}

const ENV_FILE = '.env'
const YAML_FILE = 'config/bridge.yaml'

/** Writes at the end, or not at all. */
export async function init(options: InitOptions, world: InitWorld, stop: AbortSignal): Promise<ExitCode> {
  const usual = options.lang ?? localeOf(world.env)
  if (options.yes === true) return await initUnasked(options, world, usual, stop)
  if (world.input.isTTY !== true || world.output.isTTY !== true) {
    const say = await readCliWords(usual)
    world.complain(`${say('init.noTerminal')}\n`)
    return EXIT.misuse
  }
  let say = await readCliWords(usual)
  const speaking = (): Asker => createAsker(world, stop, { yes: say('init.yes'), no: say('init.no') })
  try {
    const locale = options.lang ?? (await askLanguage(speaking(), usual))
    say = await readCliWords(locale)
    const asker = speaking()
    asker.begin(say('init.title'))
    let tokens: OAuthTokens | undefined
    const answers = await interview({
      ...world,
      asker,
      say,
      locale,
      signal: stop,
      async logIn({ apiBase, clientId }) {
        const wish = { apiBase, app: { clientId }, flow: 'device', redirectPort: 0 } as const
        const tell = (line: string): void => asker.tell('step', line)
        tokens = await logIn(wish, { say, env: world.env, tell, progress: () => undefined }, stop)
        return tokens.accessToken
      },
    })
    if (!(await mayReplace(asker, say, world))) throw new Interrupted()
    const copies = await write(answers, say, world)
    for (const copy of copies) asker.tell('step', say('init.copy', { path: copy }))
    asker.tell('fine', say('init.written', { env: ENV_FILE, yaml: YAML_FILE }))
    const isKept = tokens === undefined || (await keptIn(answers, tokens, world))
    if (!isKept) asker.tell('warning', say('login.storeTaken'))
    asker.end(nextStep(say, world.cwd))
    return EXIT.fine
  } catch (error) {
    if (error instanceof Interrupted || stop.aborted) {
      world.complain(`${say('init.interrupted')}\n`)
      return EXIT.interrupted
    }
    const words = inWords(error, '', say) ?? (error instanceof ConfigError ? error.message : undefined)
    if (words === undefined) throw error
    world.complain(`${words}\n`)
    return EXIT.fault
  }
}

/** The values come from the environment, and are tried out all the same. */
async function initUnasked(
  { force = false }: InitOptions,
  world: InitWorld,
  locale: CliLocale,
  stop: AbortSignal,
): Promise<ExitCode> {
  const say = await readCliWords(locale)
  const there = await existing(world.cwd)
  if (there.length > 0 && !force) {
    world.complain(`${say('init.exists', { paths: there.join(', ') })}\n`)
    return EXIT.misuse
  }
  const found = await fromEnvironment(world.env, locale, say, stop)
  if ('faults' in found) {
    for (const line of found.faults) world.complain(`${line}\n`)
    return found.code
  }
  for (const line of found.notes) world.output.write(`${line}\n`)
  const copies = await write(found.answers, say, world)
  for (const copy of copies) world.output.write(`${say('init.copy', { path: copy })}\n`)
  world.output.write(
    `${say('init.written', { env: ENV_FILE, yaml: YAML_FILE })}\n${nextStep(say, world.cwd)}\n`,
  )
  return EXIT.fine
}

async function askLanguage(asker: Asker, usual: CliLocale): Promise<CliLocale> {
  return await asker.choose<CliLocale>(
    'Language / 语言',
    [
      { value: 'en', label: 'English' },
      { value: 'zh-CN', label: '简体中文' },
    ],
    usual,
  )
}

async function existing(cwd: string): Promise<readonly string[]> {
  const texts = await Promise.all([ENV_FILE, YAML_FILE].map((path) => textOf(cwd, path)))
  return [ENV_FILE, YAML_FILE].filter((_, i) => texts[i] !== undefined)
}

async function mayReplace(asker: Asker, say: Say, { cwd }: InitWorld): Promise<boolean> {
  const there = await existing(cwd)
  return there.length === 0 || (await asker.yes(say('init.replace', { paths: there.join(', ') }), false))
}

/** What is written has been read as `bridge start` will read it. */
async function write(answers: Answers, say: Say, { cwd, env, now }: InitWorld): Promise<readonly string[]> {
  const schema = join(cwd, 'config', 'bridge.schema.json')
  const variables = variablesOf(answers)
  const yaml = yamlText(answers, say, existsSync(schema) ? './bridge.schema.json' : undefined)
  await loadConfig({
    env: { ...env, BRIDGE_CONFIG: undefined, ...Object.fromEntries(variables) },
    cwd,
    readFile: async () => yaml,
  })
  const before = (await textOf(cwd, ENV_FILE)) ?? ''
  const files: readonly NewFile[] = [
    { path: ENV_FILE, text: envText(before, variables, say('init.env.head')), mode: 0o600 },
    { path: YAML_FILE, text: yaml, mode: 0o644 },
  ]
  const stamp = new Date(now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return await putFiles(cwd, files, stamp)
}

/** False where the store belongs to a bridge that runs. */
async function keptIn(answers: Answers, tokens: OAuthTokens, { cwd }: InitWorld): Promise<boolean> {
  const { auth, apiBase } = answers.coze
  if (auth.kind !== 'oauth') return true
  const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
  try {
    const store = await openStore(answers.store, { clock: realClock, log, baseDir: cwd })
    try {
      await keepLogin(loginShelf(store, apiBase, auth.clientId), tokens)
      return true
    } finally {
      await store.close()
    }
  } catch (error) {
    if (error instanceof StoreError) return false
    throw error
  }
}

function nextStep(say: Say, cwd: string): string {
  const isCheckout = relative(packageRoot, cwd) === '' && existsSync(join(cwd, 'package.json'))
  const [doctor, start] = isCheckout
    ? ['npm run doctor', 'npm start']
    : ['coze-bridge doctor', 'coze-bridge start']
  return say('init.next', { doctor, start })
}
