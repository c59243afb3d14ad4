import { lookup as resolve } from "node:dns";
import { BlockList, type LookupFunction } from "node:net";

/** A name that leads into a private network, or to this machine: nothing was sent. */
class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  readonly code = "PRIVATE_ADDRESS";
}

// Loopback, private, shared (with cloud metadata), link-local (with cloud metadata), documentation, multicast, reserved.
// Source: IANA's special-purpose registries.
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];
// Of IPv6 only this is public, and of this some is not: it is reserved, or holds an IPv4 address.
const PUBLIC_IPV6 = "2000::/3";
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

let lists: { readonly notPublic: BlockList; readonly publicIpv6: BlockList } | undefined;

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  lists ??= {
    notPublic: listOf([...NOT_PUBLIC_IPV4, ...NOT_PUBLIC_IPV6]),
    publicIpv6: listOf([PUBLIC_IPV6]),
  };
  if (!address.includes(":")) {
    return !lists.notPublic.check(address, "ipv4");
  }
  return lists.publicIpv6.check(address, "ipv6") && !lists.notPublic.check(address, "ipv6");
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", bits] = range.split("/");
    list.addSubnet(net, Number(bits), net.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/**
 * Gives a connection the addresses of a name, unless one of them is not public. The connection takes only what it
 * was given here, so a name can't lead elsewhere between check and use. A literal address is never asked for.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, "");
      return;
    }
    const bad = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (bad !== undefined || first === undefined) {
      const why = `it resolves to ${bad?.address ?? "nothing"}, which is not a public address`;
      callback(new PrivateAddressError(why), "");
    } else if (options.all) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  });
};
