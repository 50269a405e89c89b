// What does a button carry? A token made from what it is for and the house's salt: nobody can guess it, and a restart makes it again.

import { createHmac } from 'node:crypto'
import type { EventId } from '../../contract/event.ts'

/** Kept in the store; makes pseudonyms, too. */
interface Salted {
  readonly salt: string
}

/** Stops a turn while it runs: nothing is stored for it. */
export function stopToken(turnId: EventId, world: Salted): string {
  return `stop-${tokenOf(`stop ${turnId}`, world)}`
}

/** Tokens that nobody can guess and that a restart makes again: one after the other, for one purpose. */
export function tokensOf(purpose: string, world: Salted): () => string {
  let n = 0
  return () => tokenOf(`${purpose} ${n++}`, world)
}

/** 128 bits, as base64url. */
function tokenOf(purpose: string, { salt }: Salted): string {
  return createHmac('sha256', salt).update(purpose).digest().subarray(0, 16).toString('base64url')
}
