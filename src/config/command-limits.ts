// Does each platform that is configured take the commands, and does it show all of them?

import type { OptionConfig } from './command-schema.ts'
import { BUILTIN_NAMES } from './command-rules.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'
import type { Path } from './source.ts'

type Command = FileConfig['commands'][string]
type Kind = FileConfig['platforms'][string]['kind']

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object */
const DISCORD = {
  options: 25,
  choices: 25,
  descriptionChars: 100,
  choiceChars: 100,
  textChars: 6_000,
  commandChars: 8_000,
  commands: 100,
} as const

/** What a platform refuses; only of platforms that have an account. */
export function commandLimitFaults(config: FileConfig): readonly PathFault[] {
  const { commands } = config
  return [
    ...countFaults(config),
    ...(has(config, 'discord')
      ? Object.entries(commands).flatMap(([name, command]) => discordFaults(name, command))
      : []),
  ]
}

/** What works, but shows less than one may think. */
export function commandWarnings(config: FileConfig): readonly string[] {
  const commands = Object.entries(config.commands)
  const [withOptions] = commands.find(([, { options }]) => options.length > 0) ?? []
  const plainMenus = [
    ...(has(config, 'telegram') ? ["Telegram's"] : []),
    ...(has(config, 'feishu') ? ["Feishu's"] : []),
  ].join(' and ')
  return [
    ...(withOptions === undefined || plainMenus === ''
      ? []
      : [
          `${plainMenus} menu shows no options: people type them behind the command (/${withOptions} name=value), or are asked for what is missing.`,
        ]),
    ...commands.flatMap(([name, { guilds }]) =>
      guilds === undefined || has(config, 'discord')
        ? []
        : [`commands.${name}.guilds does nothing: there is no Discord account.`],
    ),
    ...commands.flatMap(([name, command]) => {
      const size = sizeInDiscord(name, command)
      return has(config, 'discord') && size > DISCORD.commandChars
        ? [
            `commands.${name} has ${size} characters of names, descriptions and choices, where Discord takes ${DISCORD.commandChars}: there its choices are not listed, but suggested while somebody types.`,
          ]
        : []
    }),
  ]
}

function has({ platforms }: FileConfig, kind: Kind): boolean {
  return Object.values(platforms).some((settings) => settings.kind === kind)
}

/** Each of the three shows 100 at most (Telegram: setMyCommands; Feishu: app_slash_commands). */
function countFaults(config: FileConfig): readonly PathFault[] {
  const commands = Object.values(config.commands)
  const room = DISCORD.commands - BUILTIN_NAMES.length
  const ours = `${DISCORD.commands}, of which ${BUILTIN_NAMES.length} are the bridge's own`
  const tooMany = (shown: string, remedy: string) =>
    fault(['commands'], `are too many: ${shown}`, remedy, 'key')
  const remedy = `Keep ${room}, or put several into one with a choice.`
  const counted = (['telegram', 'feishu'] as const).filter((kind) => has(config, kind))
  const faults = counted
    .filter(() => commands.length > room)
    .map((kind) => tooMany(`${kind === 'telegram' ? 'Telegram' : 'Feishu'} shows ${ours}`, remedy))
  if (!has(config, 'discord')) return faults
  const everywhere = commands.filter(({ guilds }) => guilds === undefined)
  if (everywhere.length > room) faults.push(tooMany(`Discord shows ${ours}`, remedy))
  for (const guild of new Set(commands.flatMap(({ guilds = [] }) => guilds))) {
    const there = commands.filter(({ guilds = [] }) => guilds.includes(guild))
    if (there.length > DISCORD.commands) {
      faults.push(tooMany(`the server ${guild} shows ${DISCORD.commands} of its own`, 'Take some out.'))
    }
  }
  return faults
}

function discordFaults(name: string, command: Command): readonly PathFault[] {
  const at: Path = ['commands', name]
  const { options, guilds = [], where = ['group'] } = command
  return [
    ...longDescription(command.description, [...at, 'description']),
    ...(options.length > DISCORD.options
      ? [
          fault(
            [...at, 'options'],
            `are too many: Discord takes ${DISCORD.options}`,
            'Keep those a person must give; the others can be constants under parameters.',
          ),
        ]
      : []),
    ...options.flatMap((option, i) => discordOptionFaults(option, [...at, 'options', i])),
    ...guilds.flatMap((guild, i) =>
      /^\d{15,21}$/.test(guild)
        ? []
        : [
            fault(
              [...at, 'guilds', i],
              'is no id of a Discord server',
              'Switch on Developer Mode in Discord (Settings → Advanced), then right-click the server → Copy Server ID.',
            ),
          ],
    ),
    ...(guilds.length > 0 && where.every((place) => place === 'direct')
      ? [
          fault(
            [...at, 'where'],
            'does not go with guilds: in a server nobody could give it',
            'Add group, or take guilds out.',
          ),
        ]
      : []),
  ]
}

function discordOptionFaults(option: OptionConfig, at: Path): readonly PathFault[] {
  const { type, min, max, choices = [], description } = option
  const tooLong = (path: Path, what: string) =>
    fault(path, `is too long: Discord takes ${DISCORD.choiceChars} characters`, `Shorten the ${what}.`)
  return [
    ...longDescription(description, [...at, 'description']),
    ...([['min', min] as const, ['max', max] as const] as const).flatMap(([key, bound]) =>
      type === 'string' && bound !== undefined && bound > DISCORD.textChars
        ? [
            fault(
              [...at, key],
              `is too big: a text in Discord has ${DISCORD.textChars} characters at most`,
              'Make it smaller, or take it out.',
            ),
          ]
        : [],
    ),
    ...choices.flatMap(({ value, label = {} }, i) => [
      ...(value.length > DISCORD.choiceChars ? [tooLong([...at, 'choices', i, 'value'], 'value')] : []),
      ...Object.entries(label)
        .filter(([, text]) => text.length > DISCORD.choiceChars)
        .map(([locale]) => tooLong([...at, 'choices', i, 'label', locale], 'label')),
    ]),
  ]
}

function longDescription(description: Command['description'], at: Path): readonly PathFault[] {
  return Object.entries(description)
    .filter(([, text]) => text.length > DISCORD.descriptionChars)
    .map(([locale]) =>
      fault(
        [...at, locale],
        `is too long: Discord takes ${DISCORD.descriptionChars} characters`,
        'Shorten it; it is one line in a menu.',
      ),
    )
}

/** Names, descriptions and values together, each in its longest language. Choices that are suggested do not count. */
function sizeInDiscord(name: string, { description, options }: Command): number {
  const longest = (texts: Readonly<Record<string, string>>) =>
    Math.max(...Object.values(texts).map((text) => text.length))
  const ofOption = ({ name: own, description: told, choices = [] }: OptionConfig): number => {
    const shown = choices.length > DISCORD.choices ? [] : choices
    const ofChoices = shown.map(({ value, label = { en: value } }) => value.length + longest(label))
    return [own.length, longest(told), ...ofChoices].reduce((sum, size) => sum + size, 0)
  }
  return options.map(ofOption).reduce((sum, size) => sum + size, name.length + longest(description))
}
