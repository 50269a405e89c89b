// Whom do the words of a message name, and whom does that ping? Not within code, and only whom it may.
import type { Problem } from './errors.ts'
import { isSnowflake } from './snowflake.ts'
import type { GuildState, Pinged } from './store.ts'
import { isJson, listOf, type Json } from './types.ts'

export interface Named {
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly everyone: boolean
}

export interface AllowedMentions {
  readonly users: 'all' | readonly string[]
  readonly roles: 'all' | readonly string[]
  readonly everyone: boolean
  readonly repliedUser: boolean
}

/** A normal message; and what interactions and webhooks get. https://docs.discord.com/developers/resources/message#allowed-mentions-object */
export const ALLOWS_ALL: AllowedMentions = { users: 'all', roles: 'all', everyone: true, repliedUser: true }
export const ALLOWS_USERS: AllowedMentions = { users: 'all', roles: [], everyone: false, repliedUser: true }
const MAX_LISTED = 100

/** What the words name: fenced blocks and code spans do not count. */
export function namedIn(text: string): Named {
  const words = text.replace(/```[\s\S]*?```/g, ' ').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, ' ')
  const ids = (pattern: RegExp): readonly string[] => [
    ...new Set([...words.matchAll(pattern)].map(([, id]) => id ?? '')),
  ]
  return {
    users: ids(/<@!?(\d{15,20})>/g),
    roles: ids(/<@&(\d{15,20})>/g),
    everyone: /@(everyone|here)/.test(words),
  }
}

/** Only who is there, and only who may be pinged. */
export function pingedBy(
  named: Named,
  allowed: AllowedMentions,
  world: { readonly hasUser: (id: string) => boolean; readonly guild: GuildState | undefined },
): Pinged {
  const passes = (list: 'all' | readonly string[], id: string): boolean => list === 'all' || list.includes(id)
  return {
    users: named.users.filter((id) => world.hasUser(id) && passes(allowed.users, id)),
    roles: named.roles.filter((id) => world.guild?.roles.has(id) === true && passes(allowed.roles, id)),
    everyone: named.everyone && allowed.everyone && world.guild !== undefined,
  }
}

/** `allowed_mentions` of a body; `fallback` when it is left out. */
export function readAllowed(
  value: unknown,
  fallback: AllowedMentions,
): { readonly allowed: AllowedMentions; readonly problems: readonly Problem[] } {
  if (value === undefined || value === null) return { allowed: fallback, problems: [] }
  if (!isJson(value)) {
    const message = 'Only dictionaries may be used in a ModelType'
    return {
      allowed: fallback,
      problems: [{ path: 'allowed_mentions', code: 'MODEL_TYPE_CONVERT', message }],
    }
  }
  const parse = listOf(value['parse'])
  const problems = [
    ...unknownKinds(parse),
    ...(['users', 'roles'] as const).flatMap((kind) => listProblems(value, parse, kind)),
  ]
  const lists = (kind: 'users' | 'roles'): 'all' | readonly string[] =>
    parse.includes(kind) ? 'all' : listOf(value[kind]).map(String)
  const allowed = {
    users: lists('users'),
    roles: lists('roles'),
    everyone: parse.includes('everyone'),
    repliedUser: value['replied_user'] === true,
  }
  return { allowed, problems }
}

function unknownKinds(parse: readonly unknown[]): readonly Problem[] {
  return parse.flatMap((kind, i) =>
    kind === 'users' || kind === 'roles' || kind === 'everyone'
      ? []
      : [
          {
            path: `allowed_mentions.parse.${i}`,
            code: 'BASE_TYPE_CHOICES',
            message: "Value must be one of ('users', 'roles', 'everyone').",
          },
        ],
  )
}

function listProblems(value: Json, parse: readonly unknown[], kind: 'users' | 'roles'): readonly Problem[] {
  const list = listOf(value[kind])
  const problems: Problem[] = []
  if (list.length > 0 && parse.includes(kind)) {
    problems.push({
      path: 'allowed_mentions',
      code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
      message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
    })
  }
  if (list.length > MAX_LISTED) {
    problems.push({
      path: `allowed_mentions.${kind}`,
      code: 'BASE_TYPE_MAX_LENGTH',
      message: `Must be ${MAX_LISTED} or fewer in length.`,
    })
  }
  const wrong = list.findIndex((id) => !isSnowflake(id))
  if (wrong >= 0) {
    problems.push({
      path: `allowed_mentions.${kind}.${wrong}`,
      code: 'NUMBER_TYPE_COERCE',
      message: `Value "${String(list[wrong])}" is not snowflake.`,
    })
  }
  return problems
}
