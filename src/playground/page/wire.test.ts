import { expect, test } from 'vitest'
import { cleanPath } from './wire.ts'

test.each([
  ['/channels/1573787375421620224/messages/1573787375421620225', '/channels/…0224/messages/…0225'],
  [
    '/webhooks/1573787375421620224/aW50ZXJhY3Rpb246MTU3/messages/@original',
    '/webhooks/…0224/…/messages/@original',
  ],
  [
    '/open-apis/cardkit/v1/cards/7355372766134157313/elements/body/content',
    '/open-apis/cardkit/v1/cards/…7313/elements/body/content',
  ],
  ['/v3/chat?conversation_id=7300000000000000001', '/v3/chat'],
  ['/editMessageText', '/editMessageText'],
  ['/open-apis/im/v1/messages/om_38a1585f10880d350000000d', '/open-apis/im/v1/messages/…'],
  ['/file/bot99:emulator-token/photos/file_1.jpg', '/file/…/photos/…'],
])('%s is shown as %s', (path, shown) => {
  expect(cleanPath(path)).toBe(shown)
})
