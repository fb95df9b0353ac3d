using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The Engine.IO parameters of a request's query. A polling client sends them with each request, so no copy is kept.</summary>
internal readonly ref struct EngineQuery
{
    private EngineQuery(ReadOnlySpan<char> transport, ReadOnlySpan<char> sid, ReadOnlySpan<char> version)
    {
        Transport = transport;
        Sid = sid;
        Version = version;
    }

    public ReadOnlySpan<char> Transport { get; }

    public ReadOnlySpan<char> Sid { get; }

    public ReadOnlySpan<char> Version { get; }

    public static EngineQuery Of(HttpRequest request)
    {
        ReadOnlySpan<char> transport = default, sid = default, version = default;
        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            switch (pair.EncodedName.Span)
            {
                case "transport": transport = pair.DecodeValue().Span; break;
                case "sid": sid = pair.DecodeValue().Span; break;
                case "EIO": version = pair.DecodeValue().Span; break;
            }
        }

        return new(transport, sid, version);
    }
}
