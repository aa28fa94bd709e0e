import ipaddr from 'ipaddr.js';

/** Addresses that count as public but answer to the machine they are asked from (Azure's wire server). */
const METADATA_ADDRESSES = new Set(['168.63.129.16']);

/** Where the internet proper lives in IPv6; outside it are tunnels, translations and IPv4 in other clothes. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Tells whether an IP address may be connected to: public unicast, or inside one of the allowed networks.
 * IPv4 addresses written as IPv6 are judged as IPv4. What is not an address is not allowed.
 *
 * @param allowedNetworks CIDR notation.
 */
export function isAllowedAddress(address: string, allowedNetworks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (allowedNetworks.some((network) => contains(network, parsed))) return true;
  if (METADATA_ADDRESSES.has(parsed.toString()) || parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

function contains(network: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}
