using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Json;

namespace Waggle.Client;

/// <summary>
/// What a worker does for which type of task (<see cref="Waggle.Protocol.Model.TaskSpec.Type"/>), with inputs and results as .NET values.
/// A task of a type without a handler is refused, with the types that there are; an input that cannot be read fails its task for good with
/// <c>INVALID_INPUT</c>.
/// </summary>
/// <remarks>Filled before the worker starts; the worker takes a copy.</remarks>
public sealed class TaskHandlers
{
    /// <summary>The error code of a task whose input is not what its handler takes.</summary>
    public const string InvalidInput = "INVALID_INPUT";

    private const string Reflection = "JSON by reflection; the overload with JsonTypeInfo works with trimming and ahead-of-time compilation.";

    private readonly Dictionary<string, Func<TaskWork, CancellationToken, ValueTask<RawJson>>> _byType = new(StringComparer.Ordinal);
    private Func<TaskWork, CancellationToken, ValueTask<RawJson>>? _otherwise;

    /// <summary>Handles a type of task with source-generated JSON.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Gets the input and the assignment; gives the result.</param>
    /// <param name="input">How the input is read.</param>
    /// <param name="output">How the result is written.</param>
    /// <exception cref="ArgumentException">The type has a handler.</exception>
    public TaskHandlers Handle<TIn, TOut>(
        string type, Func<TIn, TaskWork, CancellationToken, ValueTask<TOut>> handler, JsonTypeInfo<TIn> input, JsonTypeInfo<TOut> output)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        return Handle(type, async (work, cancel) =>
        {
            var result = await handler(Read(work, input), work, cancel);
            return RawJson.FromTrusted(output.Options.Encoder is null ? JsonText.Bytes(result, output) : JsonSerializer.SerializeToUtf8Bytes(result, output));
        });
    }

    /// <summary>Handles a type of task with JSON by reflection: camelCase names, read without regard to case.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Gets the input and the assignment; gives the result.</param>
    /// <param name="json">In place of <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <exception cref="ArgumentException">The type has a handler.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public TaskHandlers Handle<TIn, TOut>(string type, Func<TIn, TaskWork, CancellationToken, ValueTask<TOut>> handler, JsonSerializerOptions? json = null)
    {
        json ??= JsonSerializerOptions.Web;
        return Handle(type, handler, (JsonTypeInfo<TIn>)json.GetTypeInfo(typeof(TIn)), (JsonTypeInfo<TOut>)json.GetTypeInfo(typeof(TOut)));
    }

    /// <summary>Handles a type of task with its JSON as it is.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Gives the result.</param>
    /// <exception cref="ArgumentException">The type has a handler.</exception>
    public TaskHandlers Handle(string type, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(handler);
        if (!_byType.TryAdd(type, handler)) throw new ArgumentException($"Tasks of type '{type}' have a handler already.", nameof(type));
        return this;
    }

    /// <summary>Handles what no other handler is for, tasks without a type among it; without this it is refused.</summary>
    /// <param name="handler">Gives the result.</param>
    public TaskHandlers Otherwise(Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _otherwise = handler;
        return this;
    }

    /// <summary>The types that the hub may send: those with a handler; empty where there is a handler for all others.</summary>
    internal IReadOnlyList<string> Types => _otherwise is null ? [.. _byType.Keys.Order(StringComparer.Ordinal)] : [];

    /// <summary>One handler that stands for all of them as they are now.</summary>
    internal Func<TaskWork, CancellationToken, ValueTask<RawJson>> Build()
    {
        if (_byType.Count == 0 && _otherwise is null)
        {
            throw new InvalidOperationException("A worker without a handler declines every task: add a handler first.");
        }

        var byType = new Dictionary<string, Func<TaskWork, CancellationToken, ValueTask<RawJson>>>(_byType, StringComparer.Ordinal);
        var otherwise = _otherwise;
        var known = string.Join(", ", byType.Keys.Order(StringComparer.Ordinal));
        return (work, cancel) =>
        {
            if (work.Spec.Type is { } type && byType.TryGetValue(type, out var handler)) return handler(work, cancel);
            if (otherwise is not null) return otherwise(work, cancel);
            var what = work.Spec.Type is { } other ? $"tasks of type '{other}'" : "tasks without a type";
            throw new TaskRefusedException($"This worker has no handler for {what}; it handles {known}.");
        };
    }

    private static TIn Read<TIn>(TaskWork work, JsonTypeInfo<TIn> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(work.Input.Utf8.Span, type) is { } input) return input;
        }
        catch (JsonException e)
        {
            throw new TaskFailedException(InvalidInput, $"The input is not what '{work.Spec.Type}' takes: {e.Message}", retryable: false, inner: e);
        }

        throw new TaskFailedException(InvalidInput, $"A task of type '{work.Spec.Type}' needs an input; this one has none.", retryable: false);
    }
}
