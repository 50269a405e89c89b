// What can be typed? The commands themselves are registered in commands/; here is what holds for all of them. Resolves with the exit code.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { assetPath } from './assets.ts'
import { examples, openCommandLine } from './commands/command-line.ts'
import { EXIT } from './commands/exit-codes.ts'
import { registerForOwner } from './commands/register-looking-after.ts'
import { registerRunning } from './commands/register-running.ts'
import { registerSetup } from './commands/register-setup.ts'
import { ConfigError } from './config/faults.ts'
import { PlatformError } from './contract/errors.ts'

export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const stop = stopSignal()
  let exitCode: number = EXIT.fine
  const program = new Command('coze-bridge')
    .description('Puts Coze agents and workflows into Discord, Telegram and Feishu.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this, or what a command takes')
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('what a command takes')
        .helpGroup('Look after it:'),
    )
    .option(
      '-c, --config <path>',
      'configuration file (default: config/bridge.yaml, else environment variables)',
    )
    .showHelpAfterError('Try it with --help.')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', AFTERWARDS)
    .exitOverride()
  const line = openCommandLine(program, stop, (code) => {
    exitCode = code
  })
  registerSetup(line)
  registerRunning(line)
  registerForOwner(line)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    return explain(error)
  }
  return exitCode
}

const AFTERWARDS = `${examples(
  ['npm run playground', 'see it work, without any account'],
  ['npm run init', 'set it up: you are asked for everything'],
  ['npm run doctor', 'what is wrong, and how to mend it'],
  ['npm start', 'run it'],
)}
Every command has a --help of its own. In a checkout: npm run <command> -- <options>; installed: coze-bridge <command>.

Exit codes:
  ${EXIT.fine}    done; nothing wrong was found
  ${EXIT.fault}    something is wrong: it was said what, and what helps
  ${EXIT.misuse}    it was asked in a way that cannot work: unknown option, configuration that cannot be read
  ${EXIT.interrupted}  interrupted (Ctrl-C) before it was done

Environment: the variables of config/.env.example, also from a file .env here; NO_COLOR=1 for plain text;
HTTP_PROXY, HTTPS_PROXY, NO_PROXY for the way out.
`

/** What package.json says, here or in dist/. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(assetPath('package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

/** Errors meant for people are printed as they are; a defect keeps its stack. */
function explain(error: unknown): number {
  // What was asked for and could be told (help, the version) is no error; the rest was said already.
  if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.fine : EXIT.misuse
  const known =
    error instanceof ConfigError ||
    error instanceof PlatformError ||
    (error instanceof Error && 'remedy' in error)
  const text =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${text}\n`)
  return error instanceof ConfigError ? EXIT.misuse : EXIT.fault
}

function isCommanderError(error: unknown): error is { readonly exitCode: number } {
  return (
    error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' && 'code' in error
  )
}

/** Ctrl-C reaches the bridge twice, from the terminal and passed on by npm: so soon after the first it is the same one. */
const SAME_SIGNAL_MS = 1_000

/** The first signal asks for a graceful stop, a second one ends at once. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  let askedAtMs = -Infinity
  const stop = (): void => {
    const nowMs = performance.now()
    if (!stopping.signal.aborted) askedAtMs = nowMs
    else if (nowMs - askedAtMs > SAME_SIGNAL_MS) process.exit(EXIT.interrupted)
    stopping.abort(new Error('stopped'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return stopping.signal
}
