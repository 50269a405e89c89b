// How does the app change a card some time after a press? By the callback's token: half an hour, twice at most.
import { cardFault, messageCardError } from './card-check.ts'
import { showAnswered } from './clicks.ts'
import { ApiError } from './errors.ts'
import { isRecord, stringOf } from './types.ts'
import { success, type Route } from './world.ts'

export const delayedUpdateRoutes: readonly Route[] = [
  {
    operation: 'card.delayedUpdate',
    method: 'POST',
    path: '/open-apis/interactive/v1/card/update',
    run: ({ body }, world) => {
      const known = world.callbacks.get(stringOf(body['token']) ?? '')
      const message = world.store.messages.get(known?.messageId ?? '')
      if (known === undefined || message === undefined || known.untilMs <= world.nowMs() || known.uses <= 0)
        throw new ApiError(300090, 'token is invalid, expired or used up')
      const { card } = body
      if (!isRecord(card)) throw new ApiError(10002, 'card is invalid')
      const fault = cardFault(card, (key) => world.files.byKey(key)?.byBot === true)
      if (fault !== undefined) throw messageCardError(fault)
      known.uses -= 1
      showAnswered(world, message, card)
      return success()
    },
  },
]
