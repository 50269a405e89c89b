// Which commands does the menu show, for whom? Lists per scope and language.
import { isObject, type Args } from './args.ts'
import { badRequest } from './errors.ts'
import type { Json } from './types.ts'
import type { Methods } from './world.ts'

export interface BotCommand {
  readonly command: string
  readonly description: string
}

/** https://core.telegram.org/bots/api#setmycommands */
const MAX_COMMANDS = 100

/** The menu's methods, over lists of their own: one set for each emulator. */
export function createCommandMethods(): Methods {
  const lists = new Map<string, readonly BotCommand[]>()
  return {
    setMyCommands: (args) => {
      const given = args.json('commands')
      if (!Array.isArray(given)) throw badRequest('commands are not specified')
      if (given.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
      lists.set(keyOf(args), given.map(readCommand))
      return true
    },
    getMyCommands: (args) => lists.get(keyOf(args)) ?? [],
    deleteMyCommands: (args) => {
      lists.delete(keyOf(args))
      return true
    },
  }
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

function keyOf(args: Args): string {
  const given = args.json('scope')
  const scope: Json = isObject(given) ? given : { type: 'default' }
  const fields = SCOPES[String(scope['type'])]
  if (fields === undefined) throw badRequest("can't parse BotCommandScope: unsupported type specified")
  const ids = fields.map((field) => {
    if (scope[field] === undefined)
      throw badRequest(`can't parse BotCommandScope: can't find field "${field}"`)
    return textOf(scope[field])
  })
  const language = args.text('language_code') ?? ''
  if (!/^(?:[a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified')
  return [scope['type'], ...ids, language].join(':')
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
