// What does a command that a person ran say? Its options with their types, and the people and files they mean.
import { commandsIn } from './commands.ts'
import { bareMember, messageView } from './views.ts'
import type { ChannelState } from './store.ts'
import { isJson, listOf, type Channel, type Json } from './types.ts'
import { addFile, type SentFile } from './sent-files.ts'
import type { World } from './world.ts'

/** By option name. A file is an attachment, `{id}` a user, channel or role; `target` is for context menus. */
export type CommandOptions = Readonly<
  Record<string, string | number | boolean | SentFile | { readonly id: string }>
>

const TYPE = {
  sub: 1,
  group: 2,
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  number: 10,
  attachment: 11,
} as const

/** The command a person would find in this channel. A guild's own goes before a global one. */
export function findCommand(world: World, channel: Channel, name: string, force: boolean): Json {
  const [first] = name.split(' ')
  const isNamed = (command: Json): boolean => command['name'] === name || command['name'] === first
  const inGuild =
    channel.guild_id === undefined ? undefined : commandsIn(world, channel.guild_id).find(isNamed)
  const found = inGuild ?? commandsIn(world, 'global').find(isNamed)
  if (found !== undefined && isOffered(found, channel)) return found
  if (force) return { id: world.ids.next(), name: first, type: 1, options: [] }
  throw new Error(`no command ${name} is offered in channel ${channel.id}`)
}

export function commandData(
  world: World,
  state: ChannelState,
  command: Json,
  name: string,
  options: CommandOptions,
  focused?: string,
): Json {
  const { id, name: commandName, type = 1 } = command
  const guildId = command['guild_id']
  const base = { id, name: commandName, type, ...(guildId === undefined ? {} : { guild_id: guildId }) }
  const resolved = createResolved(world, state)
  if (type !== 1) {
    const target = options['target']
    if (typeof target !== 'object' || !('id' in target)) throw new Error('a context menu needs a target')
    return { ...base, target_id: target.id, resolved: resolved.target(type === 2, target.id) }
  }
  // `chat new` is the sub-command `new` of `chat`.
  const path = commandName === name ? [] : name.split(' ').slice(1)
  const leaf = path.reduce<Json>(
    (at, step) => optionNamed(at, step) ?? { name: step, type: TYPE.sub },
    command,
  )
  const values = Object.entries(options).map(([key, value]) => {
    const known = optionNamed(leaf, key)?.['type']
    const optionType = typeof known === 'number' ? known : typeOf(value)
    const wire = resolved.value(optionType, value)
    return { name: key, type: optionType, value: wire, ...(key === focused ? { focused: true } : {}) }
  })
  const nested = path.reduceRight<readonly Json[]>((inner, step, i) => {
    return [{ name: step, type: i === path.length - 1 ? TYPE.sub : TYPE.group, options: inner }]
  }, values)
  const found = resolved.all()
  return {
    ...base,
    ...(nested.length === 0 ? {} : { options: nested }),
    ...(Object.keys(found).length === 0 ? {} : { resolved: found }),
  }
}

interface Resolved {
  value(type: number, value: CommandOptions[string]): unknown
  target(isUser: boolean, id: string): Json
  all(): Json
}

function createResolved(world: World, state: ChannelState): Resolved {
  const all: Record<string, Record<string, unknown>> = {}
  const put = (kind: string, id: string, value: unknown): void => {
    all[kind] = { ...all[kind], [id]: value }
  }
  const putUser = (id: string): void => {
    put('users', id, world.store.users.get(id))
    const member = world.store.guilds.get(state.channel.guild_id ?? '')?.members.get(id)
    if (member !== undefined) put('members', id, bareMember(member))
  }
  return {
    all: () => all,
    value(type, value) {
      if (typeof value !== 'object') return value
      if ('bytes' in value) {
        const file = world.files.signed(addFile(world, state.channel.id, value, true))
        put('attachments', file.id, file)
        return file.id
      }
      if (type === TYPE.user) putUser(value.id)
      if (type === TYPE.channel) put('channels', value.id, world.store.channels.get(value.id)?.channel)
      return value.id
    },
    target(isUser, id) {
      const shown = state.messages.get(id)
      if (isUser) putUser(id)
      // The target of a message command is told whole, whatever the intents.
      else if (shown !== undefined) put('messages', id, messageView(world, shown, { messageContent: true }))
      return all
    },
  }
}

function typeOf(value: CommandOptions[string]): number {
  if (typeof value === 'string') return TYPE.string
  if (typeof value === 'boolean') return TYPE.boolean
  if (typeof value === 'number') return Number.isInteger(value) ? TYPE.integer : TYPE.number
  return 'bytes' in value ? TYPE.attachment : TYPE.user
}

function optionNamed(holder: Json, name: string): Json | undefined {
  return listOf(holder['options'])
    .filter(isJson)
    .find((option) => option['name'] === name)
}

/** Contexts: 0 in guilds, 1 in direct messages with the bot. */
function isOffered({ contexts, guild_id: guildId }: Json, { guild_id: place }: Channel): boolean {
  if (guildId !== undefined) return guildId === place
  return !Array.isArray(contexts) || contexts.includes(place === undefined ? 1 : 0)
}
