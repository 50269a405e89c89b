// What can be typed: start, playground, chat, doctor, commands, pair, config, schema. Resolves with the exit code.

import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { adapters } from '../adapters/index.ts'
import type { CommandsOptions } from './commands/commands.ts'
import type { PairOptions } from './commands/pair.ts'
import type { PlaygroundOptions } from './commands/playground.ts'
import { ConfigError } from './config/faults.ts'
import { loadConfig, type ConfigWorld } from './config/load.ts'
import type { LoadedConfig } from './config/settings.ts'
import { PlatformError } from './contract/errors.ts'

export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const stop = stopSignal()
  let exitCode = 0
  const program = new Command('coze-bridge')
    .description('Puts Coze agents and workflows into Discord, Telegram and Feishu.')
    .option(
      '-c, --config <path>',
      'configuration file (default: config/bridge.yaml, else environment variables)',
    )
    .showHelpAfterError()
    .exitOverride()
  const config = (): Promise<LoadedConfig> => readConfig(program.opts<{ config?: string }>().config)
  const act = (action: () => Promise<number>) => async (): Promise<void> => {
    exitCode = await action()
  }

  const starting = program
    .command('start')
    .description(
      'run the bridge until it is told to stop (Ctrl-C, SIGTERM); a changed configuration is taken while it runs (at once with SIGHUP)',
    )
    .option('--no-watch', 'do not look whether the files of the configuration have changed')
  starting.action(
    act(async () => {
      const { openConfigSource } = await import('./reload/config-source.ts')
      const { start } = await import('./commands/start.ts')
      const source = openConfigSource(configWorld(program.opts<{ config?: string }>().config))
      return await start(source, { ...starting.opts<{ watch: boolean }>(), onHangUp }, stop)
    }),
  )
  const playground = program
    .command('playground')
    .description(
      'try it without any account: emulated Coze, Discord, Telegram and Feishu, the real bridge between them',
    )
    .option(
      '--once <text>',
      'one question on every platform, shown side by side; exits 0 only if the whole answer stands on each screen',
    )
    .option(
      '--script [name]',
      'play a script on every platform, step by step: workflows; exits 0 only if every step shows what it should',
    )
    .addOption(
      new Option('--platform <name...>', 'play on this platform only; may be given more than once').choices([
        'discord',
        'telegram',
        'feishu',
      ]),
    )
    .option('--json', 'one JSON line a frame: {platform, atMs, messageId, text, final}')
  playground.action(
    act(async () => {
      const { play } = await import('./commands/playground.ts')
      return await play(playground.opts<PlaygroundOptions>(), stop)
    }),
  )
  const chat = program
    .command('chat')
    .description('talk to your Coze agent in this terminal, or to the emulated one with --emulated')
    .option('--emulated', 'an emulated Coze: needs no account')
  chat.action(
    act(async () => {
      const { chatInTerminal } = await import('./commands/chat.ts')
      return await chatInTerminal(chat.opts<{ emulated?: boolean }>(), config, stop)
    }),
  )
  const doctor = program
    .command('doctor')
    .description('look at token, agent and platforms, and say what to mend')
    .option('--json', 'one JSON line a finding')
  doctor.action(
    act(async () => {
      const { examine } = await import('./commands/doctor.ts')
      return await examine(await config(), doctor.opts<{ json?: boolean }>().json ?? false)
    }),
  )
  const commands = program
    .command('commands')
    .description('show the commands, and what each platform shows of them; publish them now, or remove them')
    .option('--publish', "make every platform's menu equal to the commands (each start does so as well)")
    .addOption(
      new Option(
        '--remove',
        'take the commands out of the menus (the next start publishes them again)',
      ).conflicts('publish'),
    )
    .option('--platform <account...>', 'this platform only, by its key in the configuration; repeatable')
    .option('--json', 'one JSON line a fact: {kind: command | platform | entry, …}')
  commands.action(
    act(async () => {
      const { manageCommands } = await import('./commands/commands.ts')
      return await manageCommands(await config(), commands.opts<CommandsOptions>(), stop)
    }),
  )
  const pair = program
    .command('pair')
    .description(
      'let in the person who was given this code (access.direct: pairing); without a code: who waits',
    )
    .argument('[code]', 'as the person was told it')
    .addOption(
      new Option(
        '--remove <account/user:id>',
        'the person has to be let in anew; `deny` in the configuration keeps them out',
      ),
    )
    .option('--json', 'one JSON line a fact: {kind: waiting | paired | letIn | removed, …}')
  pair.action(
    act(async () => {
      const { pair: decide } = await import('./commands/pair.ts')
      return await decide(await config(), pair.args[0], pair.opts<PairOptions>(), stop)
    }),
  )
  program
    .command('config')
    .description('check the configuration and print it, secrets left out')
    .action(act(async () => (await import('./commands/config.ts')).showConfig(await config())))
  program
    .command('schema')
    .description('print the JSON Schema of the configuration file, for editors')
    .action(act(async () => (await import('./commands/config.ts')).showSchema()))

  try {
    await program.parseAsync(argv)
  } catch (error) {
    return explain(error)
  }
  return exitCode
}

async function readConfig(path: string | undefined): Promise<LoadedConfig> {
  const dotEnv = join(process.cwd(), '.env')
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv)
  return await loadConfig(configWorld(path))
}

function configWorld(path: string | undefined): ConfigWorld {
  return {
    env: process.env,
    cwd: process.cwd(),
    readFile: (file) => readFile(file, 'utf8'),
    adapterKinds: Object.keys(adapters),
    ...(path === undefined ? {} : { argvConfigPath: path }),
  }
}

/** A terminal that is closed sends it, too: there it means the end. */
function onHangUp(ask: () => void): void {
  process.on('SIGHUP', process.stdout.isTTY ? () => process.kill(process.pid, 'SIGTERM') : ask)
}

/** Errors meant for people are printed as they are; a defect keeps its stack. */
function explain(error: unknown): number {
  if (isCommanderError(error)) return error.exitCode
  const known =
    error instanceof ConfigError ||
    error instanceof PlatformError ||
    (error instanceof Error && 'remedy' in error)
  const text =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`${text}\n`)
  return 1
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
    else if (nowMs - askedAtMs > SAME_SIGNAL_MS) process.exit(130)
    stopping.abort(new Error('stopped'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return stopping.signal
}
