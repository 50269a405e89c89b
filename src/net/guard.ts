// May a file named in an answer be fetched from there? Answers are written by strangers: they must not reach our own network.

import { BlockList, isIP } from 'node:net'
import type { LookupAddress, LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Why an address is not fetched. */
export type Refusal = 'no address' | 'not http' | 'has a login' | 'private name' | 'private address'

/** All addresses of a name. Rejects as `dns.lookup` does. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>

/** A name, or one of its addresses, leads where nothing may be fetched. Thrown by `checkedLookup`. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
}

/**
 * What can be told without asking anybody: the scheme, a login, names and addresses written as numbers (`URL` has
 * already made plain ones of decimal, octal, hexadecimal, short and full-width notations). Undefined: nothing is wrong so
 * far; what a name leads to is seen by `checkedLookup`. Called for every hop.
 */
export function refusalOf(url: URL, isForbidden = isForbiddenAddress): Refusal | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'not http'
  if (url.username !== '' || url.password !== '') return 'has a login'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0) return isForbidden(host) ? 'private address' : undefined
  return isPrivateName(host) ? 'private name' : undefined
}

/** Entries are `name` or `name:port`; without a port, that of the scheme. The whole `host[:port]` counts. */
export function isAllowedHost(url: URL, allowHosts: readonly string[]): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  if (url.username !== '' || url.password !== '') return false
  return allowHosts.some((entry) => hostOf(`${url.protocol}//${entry}`) === url.host)
}

/**
 * For `connect.lookup` of a connection: hands out only addresses that were checked, so that a name that changes between
 * the check and the connection gains nothing. One bad address condemns the name. Never called for addresses in numbers.
 */
export function checkedLookup(resolve: Resolve, isForbidden = isForbiddenAddress): LookupFunction {
  return (name: string, options: LookupOptions, callback) => {
    resolveChecked(name, resolve, isForbidden).then(
      (addresses) => {
        const [first] = addresses
        if (options.all === true) callback(null, [...addresses])
        else if (first !== undefined) callback(null, first.address, first.family)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('lookup failed'), []),
    )
  }
}

/** Also for a connection somebody else makes, such as a proxy. At least one address. */
export async function resolveChecked(
  name: string,
  resolve: Resolve,
  isForbidden = isForbiddenAddress,
): Promise<readonly LookupAddress[]> {
  if (isPrivateName(name)) throw new ForbiddenAddressError('private name')
  const addresses = await resolve(name)
  if (addresses.length === 0) throw new Error('the name has no address')
  if (addresses.some(({ address }) => isForbidden(address)))
    throw new ForbiddenAddressError('private address')
  return addresses
}

/** Whatever is not surely a place on the public Internet. Also for what is no address at all. */
export function isForbiddenAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  switch (isIP(bare)) {
    case 4:
      return FORBIDDEN_4.check(bare, 'ipv4')
    case 6:
      return !GLOBAL_6.check(bare, 'ipv6') || FORBIDDEN_6.check(bare, 'ipv6')
    default:
      return true
  }
}

/** Names that never leave a machine or a house: RFC 6761, 6762, 8375; `.internal` is ICANN's, and where clouds keep their meta data. */
const PRIVATE_NAMES = ['localhost', 'local', 'internal', 'home.arpa', 'localdomain']

function isPrivateName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name.split('.').includes('')) return true
  return PRIVATE_NAMES.some((each) => name === each || name.endsWith(`.${each}`))
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).host : undefined
}

// Two lists, each asked about its own family: in a list with `::ffff:0:0/96`, Node finds every IPv4 address.

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const FORBIDDEN_4 = listOf('ipv4', [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers (RFC 6598); Alibaba's meta data are at 100.100.100.200
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's own service, seen from within its machines only
  ['169.254.0.0', 16], // link-local; clouds keep meta data at 169.254.169.254
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // TEST-NET-1
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // TEST-NET-2
  ['203.0.113.0', 24], // TEST-NET-3
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
])

/**
 * The one block in use for the public Internet. Outside it lie loopback, unspecified, IPv4-mapped and -compatible,
 * NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local (fd00:ec2::254 too), link- and site-local, multicast.
 * https://www.iana.org/assignments/ipv6-address-space
 */
const GLOBAL_6 = listOf('ipv6', [['2000::', 3]])
/** Within it: https://www.iana.org/assignments/iana-ipv6-special-registry */
const FORBIDDEN_6 = listOf('ipv6', [
  ['2001::', 23], // protocol assignments: Teredo (2001::/32), benchmarking, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: carries any IPv4 address
  ['3ffe::', 16], // the 6bone of old
  ['3fff::', 20], // documentation
])

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family)
  return list
}
