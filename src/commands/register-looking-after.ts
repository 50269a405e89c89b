// Commands for the owner of a bot that runs: commands, pair.

import { Option } from 'commander'
import { examples, type CommandLine } from './command-line.ts'
import type { CommandsOptions } from './commands.ts'
import type { PairOptions } from './pair.ts'

export function registerForOwner(line: CommandLine): void {
  line.program.commandsGroup('Look after it:')
  registerCommands(line)
  registerPair(line)
}

function registerCommands({ program, stop, act, config }: CommandLine): void {
  const commands = program
    .command('commands')
    .summary('show the slash commands and where they stand; publish or remove them')
    .description('Show the commands, and what each platform shows of them; publish them now, or remove them.')
    .option('--publish', "make every platform's menu equal to the commands (each start does so as well)")
    .addOption(
      new Option(
        '--remove',
        'take the commands out of the menus (the next start publishes them again)',
      ).conflicts('publish'),
    )
    .option('--platform <account...>', 'this platform only, by its key in the configuration; repeatable')
    .option('--json', 'one JSON line a fact: {kind: command | platform | entry, …}')
    .addHelpText(
      'after',
      examples(
        ['npm run commands', 'changes nothing'],
        ['npm run commands -- --publish --platform discord', 'on one platform'],
      ),
    )
  commands.action(
    act(async () => {
      const { manageCommands } = await import('./commands.ts')
      return await manageCommands(await config(), commands.opts<CommandsOptions>(), stop)
    }),
  )
}

function registerPair({ program, stop, act, config }: CommandLine): void {
  const pair = program
    .command('pair')
    .summary('let in who was given a code; without one: who waits')
    .description(
      'Let in the person who was given this code (access.direct: pairing); without a code: who waits.',
    )
    .argument('[code]', 'as the person was told it')
    .addOption(
      new Option(
        '--remove <account/user:id>',
        'the person has to be let in anew; `deny` in the configuration keeps them out',
      ),
    )
    .option('--json', 'one JSON line a fact: {kind: waiting | paired | letIn | removed, …}')
    .addHelpText(
      'after',
      examples(
        ['npm run pair', 'who waits, who has been let in'],
        ['npm run pair -- ABCD-1234', 'this person may talk from now on'],
        ['npm run pair -- --remove telegram/user:42', 'and this one no longer'],
      ),
    )
  pair.action(
    act(async () => {
      const { pair: decide } = await import('./pair.ts')
      return await decide(await config(), pair.args[0], pair.opts<PairOptions>(), stop)
    }),
  )
}
