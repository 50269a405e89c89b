// What goes wrong with Coze? Each for a few calls: long enough to hurt, short enough that a patient bridge comes through.

import { gateway, type Fault } from '../../src/emulators/coze/index.ts'
import type { FaultKind } from './fault-kind.ts'
import type { Random } from './random.ts'

const CHAT = '/v3/chat'

export const cozeFaults: readonly FaultKind[] = [
  kind('cut', CHAT, [2, 5], (random) => ({
    cutAfterBytes: random.between(0, 6_000),
    splitBytes: random.between(7, 900),
  })),
  kind('end', CHAT, [1, 4], (random) => ({ endAfterDeltas: random.between(0, 12), done: 'none' })),
  kind('reset', CHAT, [1, 3], () => ({ resetAfterStored: true })),
  kind('coze-429', '*', [2, 5], () => gateway.tooManyRetryAfter(1)),
  kind('coze-5xx', '*', [1, 3], (random) => random.pick([gateway.badGateway, gateway.internal])),
  kind('coze-garbage', CHAT, [1, 2], () => gateway.garbage),
  kind('coze-slow', CHAT, [2, 5], (random) => ({ headersDelayMs: random.between(300, 2_500) })),
  kind('coze-loris', CHAT, [2, 4], (random) => ({
    splitBytes: random.between(1, 12),
    silence: { afterDeltas: random.between(1, 6), ms: random.between(500, 2_500) },
  })),
  kind('coze-odd', CHAT, [3, 8], (random) => ({
    splitBytes: random.between(3, 60),
    crlf: random.chance(0.5),
    commentLines: true,
    unknownEvents: true,
    shuffleKeys: true,
    stringTimestamps: random.chance(0.5),
    done: random.pick(['unquoted', 'none'] as const),
  })),
  kind('coze-hang', '/v1/conversation/*', [1, 1], () => ({ hang: true })),
  kind('coze-follow', '/v3/chat/*', [1, 4], (random) => random.pick([gateway.badGateway, gateway.tooMany])),
]

function kind(
  name: string,
  path: string,
  [least, most]: readonly [number, number],
  faultOf: (random: Random) => Fault,
): FaultKind {
  return {
    name,
    where: 'coze',
    begin({ coze }, random) {
      coze.faults.next(path, faultOf(random), random.between(least, most))
    },
  }
}
