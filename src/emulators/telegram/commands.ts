// Which commands does the menu show, to whom? Lists per scope and language, and the order they are looked up in.
import { isObject, type Args } from './args.ts'
import { badRequest } from './errors.ts'
import type { ChatState } from './store.ts'
import type { BotCommand, CommandList, Json, User } from './types.ts'
import type { Methods, World } from './world.ts'

/** https://core.telegram.org/bots/api#setmycommands */
const MAX_COMMANDS = 100

export const commandMethods: Methods = {
  setMyCommands: (args, world) => {
    const given = args.json('commands')
    if (!Array.isArray(given)) throw badRequest('commands are not specified')
    if (given.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
    const { key, scope, language } = whose(args, world)
    const commands = given.map(readCommand)
    // An empty list is none: the next scope's is shown.
    if (commands.length === 0) world.store.commandLists.delete(key)
    else world.store.commandLists.set(key, { scope, language, commands })
    world.store.changed()
    return true
  },
  getMyCommands: (args, world) => world.store.commandLists.get(whose(args, world).key)?.commands ?? [],
  deleteMyCommands: (args, world) => {
    world.store.commandLists.delete(whose(args, world).key)
    world.store.changed()
    return true
  },
}

/**
 * What this person sees there when they type "/". The narrowest scope that has a list decides; lists are never joined.
 * https://core.telegram.org/bots/api#determining-list-of-commands
 */
export function menuFor(
  { store }: World,
  state: ChatState,
  { id, language_code }: User,
): readonly BotCommand[] {
  const language = (language_code ?? '').slice(0, 2)
  const status = state.members.get(id)?.status
  const isAdmin = status === 'creator' || status === 'administrator'
  const chat = state.chat.id
  const keys =
    state.chat.type === 'private'
      ? [`chat:${chat}`, 'all_private_chats', 'default']
      : [
          `chat_member:${chat}:${id}`,
          ...(isAdmin ? [`chat_administrators:${chat}`] : []),
          `chat:${chat}`,
          ...(isAdmin ? ['all_chat_administrators'] : []),
          'all_group_chats',
          'default',
        ]
  for (const key of keys) {
    const list = store.commandLists.get(`${key}:${language}`) ?? store.commandLists.get(`${key}:`)
    if (list !== undefined) return list.commands
  }
  return []
}

function readCommand(value: unknown): BotCommand {
  if (!isObject(value)) throw badRequest("can't parse BotCommand: expected an Object")
  const command = textOf(value['command']).trim().replace(/^\//, '')
  const description = textOf(value['description']).trim()
  if (command === '') throw badRequest('Command must be non-empty')
  if (command.length > 32) throw badRequest('Command length must not exceed 32')
  if (!/^[a-z\d_]+$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
  if (description === '') throw badRequest('Command description must be non-empty')
  if (description.length > 256) throw badRequest('Command description length must not exceed 256')
  return { command, description }
}

const SCOPES: Readonly<Record<string, readonly string[]>> = {
  default: [],
  all_private_chats: [],
  all_group_chats: [],
  all_chat_administrators: [],
  chat: ['chat_id'],
  chat_administrators: ['chat_id'],
  chat_member: ['chat_id', 'user_id'],
}

function whose(args: Args, world: World): Pick<CommandList, 'scope' | 'language'> & { readonly key: string } {
  const given = args.json('scope')
  const scope: Json = isObject(given) ? given : { type: 'default' }
  const type = String(scope['type'])
  const fields = SCOPES[type]
  if (fields === undefined) throw badRequest("can't parse BotCommandScope: unsupported type specified")
  const ids = fields.map((field) => {
    if (scope[field] === undefined)
      throw badRequest(`can't parse BotCommandScope: can't find field "${field}"`)
    return textOf(scope[field])
  })
  const [chatId, userId] = ids
  if (chatId !== undefined) checkChat(world, type, chatId)
  if (userId !== undefined && !world.store.users.has(Number(userId))) throw badRequest('user not found')
  const language = args.text('language_code') ?? ''
  if (!/^(?:[a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified')
  return { key: [type, ...ids, language].join(':'), scope, language }
}

function checkChat({ store }: World, type: string, chatId: string): void {
  const state = store.chats.get(Number(chatId))
  if (state === undefined) throw badRequest('chat not found')
  if (state.chat.type === 'private' && type !== 'chat') {
    throw badRequest("can't use specified scope in private chats")
  }
  if (state.chat.type === 'channel') throw badRequest("can't change commands in channel chats")
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
