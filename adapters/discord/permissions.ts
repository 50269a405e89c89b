// What may the bot do in a channel, and what does it lack there?
// https://discord.com/developers/docs/topics/permissions
import { fieldsOf, readList, readString } from '../common/read.ts'

/** What the bridge makes use of, by the bit's number, in the words of Discord's own settings. */
const NEEDED = [
  [10, 'View Channels'],
  [11, 'Send Messages'],
  [14, 'Embed Links'],
  [15, 'Attach Files'],
  [16, 'Read Message History'],
] as const
const FOR_THREADS = [
  [35, 'Create Public Threads'],
  [38, 'Send Messages in Threads'],
] as const

const ADMINISTRATOR = 1n << 3n
const VIEW = 1n << 10n

/** For the invitation's address. */
export const INVITED_WITH = [...NEEDED, ...FOR_THREADS].reduce((all, [bit]) => all | (1n << BigInt(bit)), 0n)

/** Names of what is missing. */
export function missingIn(bits: bigint, threads: boolean): readonly string[] {
  if ((bits & ADMINISTRATOR) !== 0n) return []
  return [...NEEDED, ...(threads ? FOR_THREADS : [])]
    .filter(([bit]) => (bits & (1n << BigInt(bit))) === 0n)
    .map(([, name]) => name)
}

export function canView(bits: bigint): boolean {
  return (bits & (VIEW | ADMINISTRATOR)) !== 0n
}

export interface Standing {
  readonly guildId: string
  readonly meId: string
  /** Ids of the bot's roles. */
  readonly roles: readonly string[]
  /** Bits by role id; `@everyone` has the guild's id. */
  readonly bits: ReadonlyMap<string, bigint>
}

/** Roles added up, then the channel's overwrites: of everyone, of roles, of the bot. */
export function bitsIn(standing: Standing, channel: unknown): bigint {
  const { guildId, meId, roles, bits } = standing
  const base = [guildId, ...roles].reduce((all, id) => all | (bits.get(id) ?? 0n), 0n)
  if ((base & ADMINISTRATOR) !== 0n) return base
  const overwrites = readList(fieldsOf(channel)['permission_overwrites']).map((one) => {
    const { id, allow, deny } = fieldsOf(one)
    return { id: readString(id), allow: toBits(allow), deny: toBits(deny) }
  })
  const steps = [
    overwrites.filter(({ id }) => id === guildId),
    overwrites.filter(({ id }) => id !== undefined && id !== guildId && roles.includes(id)),
    overwrites.filter(({ id }) => id === meId),
  ]
  return steps.reduce((allowed, step) => {
    const deny = step.reduce((all, one) => all | one.deny, 0n)
    const allow = step.reduce((all, one) => all | one.allow, 0n)
    return (allowed & ~deny) | allow
  }, base)
}

/** Discord writes them as decimal text. */
export function toBits(value: unknown): bigint {
  return typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : 0n
}
