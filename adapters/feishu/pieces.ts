// Which pieces of an event may be put together? Only so many as an event can have, before room is made for them.
//
// Each frame of the long connection says how many pieces its event has. The SDK makes room for as many as are said: a
// single frame that says a thousand million would end the process, and with it every other platform.
import type { Logger } from '../../src/contract/runtime.ts'
import { fieldsOf, isFields } from '../common/read.ts'

/** Events have tens of kilobytes, and frames as much: one piece, seldom two. */
const MOST_PIECES = 1_000
const MOST_BYTES_A_PIECE = 4 << 20

/** Of events that are not whole. The SDK forgets them after ten seconds; what is no JSON in the end stays as long. */
const MOST_WAITING = 200

/** For a client that has not been started. What is dropped is told once for each line. */
export function guardPieces(client: object, log: Logger): void {
  // Border: private in the SDK (1.74.0). There is no other place between its reading of a frame and the room it makes.
  const cache: unknown = Reflect.get(client, 'dataCache')
  const merge: unknown = fieldsOf(cache)['mergeData']
  if (typeof cache !== 'object' || cache === null || typeof merge !== 'function') {
    log.warn(
      {},
      'this version of the Feishu SDK puts events together elsewhere: they are not looked at first',
    )
    return
  }
  const waiting: unknown = fieldsOf(cache)['cache']
  let told = false
  Reflect.set(cache, 'mergeData', (piece: unknown): unknown => {
    const { sum, seq, data } = fieldsOf(piece)
    if (waiting instanceof Map && waiting.size >= MOST_WAITING) waiting.delete(waiting.keys().next().value)
    if (isSound(sum, seq) && sizeOf(data) <= MOST_BYTES_A_PIECE) {
      const whole: unknown = merge.call(cache, piece)
      // What is no object is taken apart by the SDK letter by letter.
      if (whole === null || isFields(whole)) return whole
    }
    if (!told)
      log.warn({ sum: Number(sum), seq: Number(seq) }, 'dropped a piece of an event that cannot be one')
    told = true
    // For the SDK: the event is not whole yet.
    return null
  })
}

function isSound(sum: unknown, seq: unknown): boolean {
  return isWhole(sum) && isWhole(seq) && sum >= 1 && sum <= MOST_PIECES && seq >= 0 && seq < sum
}

function sizeOf(data: unknown): number {
  return data instanceof Uint8Array ? data.byteLength : 0
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value)
}
