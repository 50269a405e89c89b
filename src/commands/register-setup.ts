// Commands that set it up and look it over: init, login, doctor, config, schema.

import { Option } from 'commander'
import { CLI_LOCALES } from './cli-words.ts'
import { examples, type CommandLine } from './command-line.ts'
import type { DoctorOptions } from './doctor.ts'
import type { InitOptions } from './init/command.ts'
import type { LoginOptions } from './login/command.ts'

export function registerSetup(line: CommandLine): void {
  line.program.commandsGroup('Set up:')
  registerInit(line)
  registerLogin(line)
  registerDoctor(line)
  registerConfig(line)
}

function registerInit({ program, stop, act }: CommandLine): void {
  const asking = program
    .command('init')
    .summary('be asked for everything it needs, in English or Chinese')
    .description(
      'Be asked for everything the bridge needs, in English or Chinese (中文). Each answer is tried out at once; .env (secrets) and config/bridge.yaml are written at the end, and nothing before.',
    )
    .option('--yes', 'ask nothing: take the values from the environment, try them out, write them')
    .option('--force', 'with --yes: replace the files that are there (copies are kept)')
    .addOption(new Option('--lang <language>', 'do not ask for the language').choices(CLI_LOCALES))
    .addHelpText(
      'after',
      examples(
        ['npm run init', '(npm init is a command of npm itself)'],
        ['npm run init -- --lang zh-CN', '直接使用中文'],
        ['npm run init -- --yes', 'with COZE_API_TOKEN, COZE_BOT_ID, TELEGRAM_BOT_TOKEN … set'],
      ),
    )
  asking.action(
    act(async () => {
      const { init } = await import('./init/command.ts')
      const world = {
        input: process.stdin,
        output: process.stdout,
        complain: (text: string) => void process.stderr.write(text),
        env: process.env,
        cwd: process.cwd(),
        now: () => Date.now(),
      }
      return await init(asking.opts<InitOptions>(), world, stop)
    }),
  )
}

function registerLogin({ program, stop, act, config }: CommandLine): void {
  const entering = program
    .command('login')
    .summary('log in to Coze with your account')
    .description(
      'Log in to Coze with your account (coze.auth of kind oauth, or COZE_OAUTH_CLIENT_ID): for coze.cn and coze.com, where there is no service app. The tokens are kept in the store and renewed by the bridge. A sqlite: store must not be in use by a running bridge; a redis:// store may.',
    )
    .addOption(
      new Option('--device', 'with a code that is confirmed in any browser (the usual)').conflicts('browser'),
    )
    .option('--browser', 'with a browser on this machine (OAuth apps of the type PKCE or web)')
    .addHelpText(
      'after',
      examples(
        ['npm run login', 'prints an address and a code, and waits'],
        ['npm run login -- --browser', 'prints an address for a browser on this machine'],
        ['npm run login && npm start', '0: logged in; 1: denied, run out, refused; 2: nothing to log in to'],
      ),
    )
  entering.action(
    act(async () => {
      const { login } = await import('./login/command.ts')
      return await login(await config(), entering.opts<LoginOptions>(), stop)
    }),
  )
}

function registerDoctor({ program, act, stop, configWorld }: CommandLine): void {
  const doctor = program
    .command('doctor')
    .summary('look everything over, and say what to mend and how')
    .description(
      'Look at Coze, every account and this machine, and say what to mend and where to click. Starts nothing, costs no tokens, and may be run beside a running bridge.',
    )
    .option(
      '--json',
      'one JSON line a finding: {about, verdict: ok | note | warning | fault, subject, reason, remedy?}',
    )
    .option('--strict', 'warnings count as faults do')
    .addHelpText(
      'after',
      examples(
        ['npm run doctor', 'each finding with its remedy'],
        ['npm run doctor -- --json', 'for scripts; 0: nothing wrong, 1: faults, 2: configuration unreadable'],
        ['npm run doctor -- --strict', 'exits 1 for warnings, too'],
      ),
    )
  doctor.action(
    act(async () => {
      const { openConfigSource } = await import('../reload/config-source.ts')
      const { examine } = await import('./doctor.ts')
      return await examine(openConfigSource(configWorld()), doctor.opts<DoctorOptions>(), stop)
    }),
  )
}

function registerConfig({ program, act, config }: CommandLine): void {
  program
    .command('config')
    .summary('check the configuration and print it')
    .description('Check the configuration and print it with every default, secrets left out.')
    .addHelpText(
      'after',
      examples(['coze-bridge config', 'exits 2 and says every fault where there are any']),
    )
    .action(act(async () => (await import('./config.ts')).showConfig(await config())))
  program
    .command('schema')
    .summary('print the JSON Schema of the configuration')
    .description('Print the JSON Schema of the configuration file, for editors.')
    .addHelpText(
      'after',
      examples(['coze-bridge schema > bridge.schema.json', 'for the first line of bridge.yaml']),
    )
    .action(act(async () => (await import('./config.ts')).showSchema()))
}
