// Commands that run until told to stop: start, playground, chat.

import { InvalidArgumentError, Option } from 'commander'
import { examples, type CommandLine } from './command-line.ts'
import type { PlaygroundOptions } from './playground.ts'

export function registerRunning(line: CommandLine): void {
  line.program.commandsGroup('Run:')
  registerStart(line)
  registerPlayground(line)
  registerChat(line)
}

function registerStart({ program, stop, act, configWorld }: CommandLine): void {
  const starting = program
    .command('start')
    .summary('run the bridge until it is told to stop')
    .description(
      'Run the bridge until it is told to stop (Ctrl-C, SIGTERM): replies under way are finished, what is left is taken up by the next start. A changed configuration is taken while it runs (at once with SIGHUP).',
    )
    .option('--no-watch', 'do not look whether the files of the configuration have changed')
    .addHelpText(
      'after',
      examples(
        ['npm start', 'with config/bridge.yaml, else the variables of .env'],
        ['coze-bridge start -c /etc/coze-bridge/bridge.yaml', 'with another file'],
        ['LOG_LEVEL=debug npm start', 'saying more; with NO_COLOR=1, without colours'],
      ),
    )
  starting.action(
    act(async () => {
      const { openConfigSource } = await import('../reload/config-source.ts')
      const { start } = await import('./start.ts')
      const source = openConfigSource(configWorld())
      return await start(source, { ...starting.opts<{ watch: boolean }>(), onHangUp }, stop)
    }),
  )
}

function registerPlayground({ program, stop, act }: CommandLine): void {
  const alone = ['once', 'script', 'json', 'platform', 'terminal']
  const playground = program
    .command('playground')
    .summary('try it without any account, on this machine alone')
    .description(
      'Try it without any account: emulated Coze, Discord, Telegram and Feishu, the real bridge between them. In a terminal: as a page in the browser.',
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
    .addOption(
      new Option(
        '--page',
        'as a page in the browser, the three apps side by side (the default in a terminal)',
      ).conflicts(alone),
    )
    .option('--terminal', 'in the terminal: type a line, watch the screens (the default for piped input)')
    .addOption(
      new Option('--port <number>', 'of the page (default: 8790 if it is free)')
        .argParser(portNumber)
        .conflicts(alone),
    )
    .addOption(new Option('--open', 'open the page in the browser').conflicts(alone))
    .addHelpText(
      'after',
      examples(
        ['npm run playground', 'the page; its address is printed'],
        ['npm run playground -- --once "Tell me about Oslo"', 'one question everywhere, in the terminal'],
        ['npm run playground -- --script workflows --platform telegram', 'a script on one platform'],
      ),
    )
  playground.action(
    act(async () => {
      const { play } = await import('./playground.ts')
      return await play(playground.opts<PlaygroundOptions>(), stop)
    }),
  )
}

function registerChat({ program, stop, act, config }: CommandLine): void {
  const chat = program
    .command('chat')
    .summary('talk to your agent in this terminal')
    .description('Talk to your Coze agent in this terminal, or to the emulated one.')
    .option('--emulated', 'an emulated Coze: needs no account')
    .addHelpText(
      'after',
      examples(['npm run chat', 'as configured'], ['npm run chat -- --emulated', 'without any account']),
    )
  chat.action(
    act(async () => {
      const { chatInTerminal } = await import('./chat.ts')
      return await chatInTerminal(chat.opts<{ emulated?: boolean }>(), config, stop)
    }),
  )
}

/** A terminal that is closed sends it, too: there it means the end. */
function onHangUp(ask: () => void): void {
  process.on('SIGHUP', process.stdout.isTTY ? () => process.kill(process.pid, 'SIGTERM') : ask)
}

function portNumber(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a whole number up to 65535; 0 is any free one.')
}
