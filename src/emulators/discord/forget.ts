// How does a long run stay small? What is older than a moment is forgotten: histories, files, calls, frames.
import { snowflakeMs } from './snowflake.ts'
import type { Gateway } from './gateway.ts'
import type { World } from './world.ts'

/** Messages, interactions, files and records from before `ms` (wall clock). People, guilds and channels stay. */
export function forgetBefore({ files, store }: World, gateway: Gateway, ms: number): void {
  store.forgetBefore(ms)
  for (const { messages } of store.channels.values())
    for (const id of messages.keys()) if (snowflakeMs(id) < ms) messages.delete(id)
  for (const [id, { atMs }] of store.interactions) if (atMs < ms) store.interactions.delete(id)
  files.forgetBefore(ms)
  gateway.forget()
}
