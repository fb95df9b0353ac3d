using System.Buffers;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.Http;

/// <summary>An endpoint of a dialect's HTTP.</summary>
/// <param name="Pattern">The pattern in the syntax of ASP.NET routes: <c>/api/agents/{id}</c>.</param>
public sealed record DialectRoute(string Method, string Pattern, Func<DialectRequest, Task<DialectReply>> Answer)
{
    /// <summary>Whether the endpoint needs no token.</summary>
    public bool Open { get; init; }
}

/// <summary>A request, with the parts of the hub that answer it.</summary>
public sealed record DialectRequest(IHive Hive, Principal By, DateTimeOffset Now, CancellationToken Gone)
{
    /// <summary>Returns the value of a name in the pattern.</summary>
    public required Func<string, string> Route { get; init; }

    /// <summary>Returns a parameter of the query; null if it is absent.</summary>
    public required Func<string, string?> Query { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string Hub { get; init; } = "";

    /// <summary>The time since the start of the hub.</summary>
    public TimeSpan Uptime { get; init; }

    /// <exception cref="DialectException">The hive refused the command.</exception>
    public async Task<T> AskAsync<T>(Command<T> command) => Value(await Hive.AskAsync(command, Gone));

    /// <exception cref="DialectException">The hive refused the query.</exception>
    public async Task<T> QueryAsync<T>(Query<T> query) => Value(await Hive.QueryAsync(query, Gone));

    /// <exception cref="DialectException">The outcome is an error.</exception>
    private static T Value<T>(in Outcome<T> outcome) => outcome.Error is { } error ? throw new DialectException(error) : outcome.Value!;
}

/// <param name="Status">The HTTP status that the hub gives the error's code.</param>
public readonly record struct DialectFault(int Status, Error Error, DateTimeOffset Now);

/// <param name="Body">The body; empty for none.</param>
public readonly record struct DialectReply(int Status, ReadOnlyMemory<byte> Body, string ContentType = "application/json")
{
    public static DialectReply Json(int status, Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(512);
        var writer = JsonWriters.Rent(output);
        write(writer);
        JsonWriters.Return(writer);
        return new(status, output.WrittenMemory);
    }

    /// <summary>Creates the answer to an error for a dialect without a form for it.</summary>
    public static DialectReply Of(DialectFault fault) => Json(fault.Status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, fault.Error.Message);
        writer.WriteString("code"u8, fault.Error.Code);
        writer.WriteEndObject();
    });
}
