namespace Waggle.Transport.WebSockets;

/// <summary>Negotiates permessage-deflate (RFC 7692) from the extensions that a client offers. Pure.</summary>
public static class DeflateOffer
{
    /// <summary>The name of the header with the offers and the answer.</summary>
    public const string Header = "Sec-WebSocket-Extensions";

    /// <summary>
    /// The answer to most accepted offers. Neither side keeps its window between messages, so that an idle connection holds no compressor and equal messages
    /// compress to equal bytes.
    /// </summary>
    public const string Answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    // 7.1.2.1: an offer with this parameter is accepted with it.
    private const string WindowAnswer = $"{Answer}; {ServerWindow}={LargestWindow}";

    private const string Name = "permessage-deflate";
    private const string ServerWindow = "server_max_window_bits";
    private const string LargestWindow = "15";

    /// <summary>Returns the answer to the first acceptable offer; null if there is none.</summary>
    /// <param name="offers">The value of the client's header; null if it is absent.</param>
    public static string? Accept(string? offers)
    {
        if (offers is null) return null;
        foreach (var offer in offers.Split(','))
        {
            if (Accepts(offer)) return offer.Contains(ServerWindow, StringComparison.Ordinal) ? WindowAnswer : Answer;
        }

        return null;
    }

    private static bool Accepts(string offer)
    {
        var parts = offer.Split(';', StringSplitOptions.TrimEntries);
        if (parts[0] != Name) return false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            var value = equals < 0 ? null : Unquoted(part[(equals + 1)..].TrimStart());

            // RFC 7692 7: an offer with an unknown or repeated parameter, or one with an invalid value, is declined.
            if (!seen.Add(name) || !Accepts(name, value)) return false;
        }

        return true;
    }

    private static bool Accepts(string name, string? value) => name switch
    {
        "server_no_context_takeover" or "client_no_context_takeover" => value is null,
        "client_max_window_bits" => value is null || IsWindow(value),

        // The compressor always uses the largest window.
        ServerWindow => value == LargestWindow,
        _ => false,
    };

    // 7.1.2.1: a decimal integer from 8 to 15 without leading zeros.
    private static bool IsWindow(string value) => value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15";

    private static string Unquoted(string value) => value is ['"', .., '"'] ? value[1..^1] : value;
}
