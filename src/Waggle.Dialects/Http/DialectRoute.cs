using System.Buffers;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.Http;

/// <summary>One endpoint of a dialect's HTTP.</summary>
/// <param name="Pattern">As ASP.NET's routes: <c>/api/agents/{id}</c>.</param>
public sealed record DialectRoute(string Method, string Pattern, Func<DialectRequest, Task<DialectReply>> Answer)
{
    /// <summary>Nobody is asked who they are.</summary>
    public bool Open { get; init; }
}

/// <summary>A request, and what there is to answer it with.</summary>
public sealed record DialectRequest(IHive Hive, Principal By, DateTimeOffset Now, CancellationToken Gone)
{
    /// <summary>What the pattern's names stand for.</summary>
    public required Func<string, string> Route { get; init; }

    /// <summary>A parameter of the query; null where it is not given.</summary>
    public required Func<string, string?> Query { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string Hub { get; init; } = "";

    /// <summary>How long the hub has been up.</summary>
    public TimeSpan Uptime { get; init; }

    /// <exception cref="DialectException">It was refused.</exception>
    public async Task<T> AskAsync<T>(Command<T> command) => Value(await Hive.AskAsync(command, Gone));

    /// <exception cref="DialectException">It was refused.</exception>
    public async Task<T> QueryAsync<T>(Query<T> query) => Value(await Hive.QueryAsync(query, Gone));

    /// <exception cref="DialectException">It was refused.</exception>
    private static T Value<T>(in Outcome<T> outcome) => outcome.Error is { } error ? throw new DialectException(error) : outcome.Value!;
}

/// <param name="Status">The HTTP status that the hub gives the error's code.</param>
public readonly record struct DialectFault(int Status, Error Error, DateTimeOffset Now);

/// <param name="Body">Empty: none.</param>
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

    /// <summary>An error where a dialect has no shape of its own for it.</summary>
    public static DialectReply Of(DialectFault fault) => Json(fault.Status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, fault.Error.Message);
        writer.WriteString("code"u8, fault.Error.Code);
        writer.WriteEndObject();
    });
}
