// What are people called? Asked once for each, where the app may; events name nobody who writes.
// https://open.feishu.cn/document/server-docs/contact-v3/user/basic_batch
import { PlatformError } from '../../src/contract/errors.ts'
import type { Logger } from '../../src/contract/runtime.ts'
import { callAs, type FeishuApi } from './api.ts'
import { SCOPE_CODES } from './codes.ts'
import { fieldsOf, readList, readString } from '../common/read.ts'

export interface Names {
  /** Those that are known or can be had. Never rejects: a name is a courtesy. */
  of(openIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
}

const MAX_IDS_A_CALL = 10
const MAX_ASKED_AT_ONCE = 50
const MAX_REMEMBERED = 5_000

export function createNames(account: string, api: FeishuApi, log: Logger): Names {
  /** Empty: asked, and there is none to be had (people outside the company). */
  const known = new Map<string, string>()
  let isForbidden = false

  return {
    async of(openIds, signal) {
      const wanted = [...new Set(openIds)].filter((id) => id.startsWith('ou_'))
      const unknown = wanted.filter((id) => !known.has(id)).slice(0, MAX_ASKED_AT_ONCE)
      for (let at = 0; at < unknown.length && !isForbidden; at += MAX_IDS_A_CALL) {
        if (!(await ask(unknown.slice(at, at + MAX_IDS_A_CALL), signal))) break
      }
      return new Map(wanted.flatMap((id) => (known.get(id) ? [[id, known.get(id) ?? ''] as const] : [])))
    },
  }

  async function ask(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await callAs(
        account,
        api,
        {
          method: 'POST',
          path: '/open-apis/contact/v3/users/basic_batch',
          query: { user_id_type: 'open_id' },
          body: { user_ids: ids },
        },
        signal,
      )
      for (const id of ids) remember(id, '')
      for (const user of readList(answer['users']).map(fieldsOf)) {
        const id = readString(user['user_id'])
        const name = readString(user['name'])
        if (id !== undefined && name !== undefined) remember(id, name)
      }
      return true
    } catch (error) {
      if (
        error instanceof PlatformError &&
        (SCOPE_CODES.has(Number(error.code)) || error.kind === 'unsupported')
      ) {
        isForbidden = true
        log.info(
          { code: error.code },
          'names of people are not asked for any more: contact:user.basic_profile:readonly is missing',
        )
      }
      return false
    }
  }

  function remember(id: string, name: string): void {
    known.delete(id)
    known.set(id, name)
    const [oldest] = known.keys()
    if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest)
  }
}
