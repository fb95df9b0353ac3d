using System.Net;

namespace Waggle.Server.AccessControl;

/// <summary>Reads an entry of <see cref="WaggleServerOptions.TrustedProxies"/>.</summary>
public static class ProxyNetwork
{
    /// <summary>Parses an address or a network in CIDR form; null for other text.</summary>
    public static IPNetwork? Of(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
