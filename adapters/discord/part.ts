// Which part of the account's connection is this? One shard of so many; without a part it is all of them.
// https://discord.com/developers/docs/events/gateway#sharding

export interface Part {
  readonly id: number
  readonly count: number
}

/** Discord itself hands out no more than some thousands. */
const MAX_PARTS = 10_000

/** `1/4`; undefined stays undefined. Throws `TypeError` for anything else. */
export function readPart(account: string, part: string | undefined): Part | undefined {
  if (part === undefined) return undefined
  const [, id, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(part) ?? []
  const read = { id: Number(id), count: Number(count) }
  if (id !== undefined && read.id < read.count && read.count <= MAX_PARTS) return read
  throw new TypeError(`${account}: ${part.slice(0, 20)} is no part of a connection`)
}

/** None where one connection does for all. */
export function partsOf(shards: number): readonly string[] {
  if (shards < 2) return []
  const count = Math.min(shards, MAX_PARTS)
  return Array.from({ length: count }, (_, id) => `${id}/${count}`)
}

/** Direct messages, and what belongs to the whole account, are the first part's. */
export function isFirstPart(part: Part | undefined): boolean {
  return part === undefined || part.id === 0
}

const TIME_BITS = 22n

/** Whether events of this server come here. */
export function isOfPart(part: Part | undefined, guildId: string): boolean {
  if (part === undefined || !/^\d{1,20}$/.test(guildId)) return true
  return (BigInt(guildId) >> TIME_BITS) % BigInt(part.count) === BigInt(part.id)
}
