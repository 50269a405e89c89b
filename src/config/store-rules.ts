// Is the address of the store one that can be opened? What is said of it never holds its password.

import { nearest } from './faults.ts'
import { fault } from './issues.ts'
import type { PathFault } from './issues.ts'
import type { FileConfig } from './schema.ts'

const AT = ['store']
const EXAMPLE = 'redis://user:password@host:6379/0?prefix=coze-bridge'

export function storeFaults({ store }: FileConfig): readonly PathFault[] {
  if (!isRedis(store)) return []
  const url = URL.parse(store)
  if (url === null || url.hostname === '') {
    return [
      fault(
        AT,
        'is no address of a Redis server',
        `Write ${EXAMPLE}; signs in the password that mean something there (@ : / ? # %) as %40 %3A %2F %3F %23 %25.`,
      ),
    ]
  }
  return [
    ...(isDecodable(url.username) && isDecodable(url.password)
      ? []
      : [fault(AT, 'has a "%" in its user or password that encodes nothing', 'Write a "%" itself as %25.')]),
    ...(/^\/?\d{0,5}$/.test(url.pathname)
      ? []
      : [
          fault(
            AT,
            'names a database that is no number',
            `The path is the number of the database: ${EXAMPLE}.`,
          ),
        ]),
    ...[...url.searchParams].flatMap(([name, value]) => parameterFaults(name, value)),
    ...(url.hash === ''
      ? []
      : [fault(AT, 'has a "#" in it', 'Where it belongs to the password, write it as %23.')]),
  ]
}

/** What works, but may surprise the owner. */
export function storeWarnings({ store }: FileConfig): readonly string[] {
  if (store === 'memory:') {
    return ['store is memory: conversations and unfinished replies are lost at every restart.']
  }
  const url = isRedis(store) ? URL.parse(store) : null
  if (url?.protocol !== 'redis:' || url.password === '' || isNear(url.hostname)) return []
  return [
    'store is redis:// on another machine: its password and what people write travel unencrypted, unless the network is yours alone. rediss:// uses TLS.',
  ]
}

/** The password in an address, as it is and as it is written there. None: an empty list. */
export function passwordsOf(address: string): readonly string[] {
  const password = URL.parse(address)?.password ?? ''
  if (password === '') return []
  return isDecodable(password) ? [decodeURIComponent(password), password] : [password]
}

function parameterFaults(name: string, value: string): readonly PathFault[] {
  if (name !== 'prefix') {
    const meant = nearest(name, ['prefix'])
    return [
      fault(
        AT,
        `has a parameter that is not known${meant === undefined ? '' : '; did you mean "prefix"?'}`,
        `There is one: ${EXAMPLE}. Where the "?" belongs to the password, write it as %3F.`,
      ),
    ]
  }
  return /^[A-Za-z0-9:._-]{1,64}$/.test(value)
    ? []
    : [fault(AT, 'has a prefix that cannot be used', 'Letters, digits, ":", ".", "_" and "-", at most 64.')]
}

function isRedis(store: string): boolean {
  return /^rediss?:/i.test(store)
}

/** This machine, or a name without a dot: a service beside this one in a compose file. */
function isNear(host: string): boolean {
  return host === '[::1]' || host.startsWith('127.') || !host.includes('.')
}

function isDecodable(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text) && isUtf8(text)
}

function isUtf8(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
