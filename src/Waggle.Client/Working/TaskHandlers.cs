using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Json;

namespace Waggle.Client;

/// <summary>
/// The handlers of a worker by type of task (<see cref="Waggle.Protocol.Model.TaskSpec.Type"/>), with inputs and results as .NET values. The worker refuses a
/// task of a type without a handler and names the types that have one. An input that cannot be read fails its task permanently with <c>INVALID_INPUT</c>.
/// </summary>
/// <remarks>Add the handlers before the worker starts, because the worker takes a copy.</remarks>
public sealed class TaskHandlers
{
    /// <summary>The error code of a task whose input does not have the form that its handler reads.</summary>
    public const string InvalidInput = "INVALID_INPUT";

    private const string Reflection = "JSON by reflection; the overload with JsonTypeInfo works with trimming and ahead-of-time compilation.";

    private readonly Dictionary<string, Func<TaskWork, CancellationToken, ValueTask<RawJson>>> _byType = new(StringComparer.Ordinal);
    private Func<TaskWork, CancellationToken, ValueTask<RawJson>>? _otherwise;

    /// <summary>Adds a handler for a type of task, with source-generated JSON.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Receives the input and the assignment; returns the result.</param>
    /// <param name="input">The JSON of the input.</param>
    /// <param name="output">The JSON of the result.</param>
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

    /// <summary>Adds a handler for a type of task, with JSON by reflection: camelCase names, read without regard to case.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Receives the input and the assignment; returns the result.</param>
    /// <param name="json">The JSON options, in place of <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <exception cref="ArgumentException">The type has a handler.</exception>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public TaskHandlers Handle<TIn, TOut>(string type, Func<TIn, TaskWork, CancellationToken, ValueTask<TOut>> handler, JsonSerializerOptions? json = null)
    {
        json ??= JsonSerializerOptions.Web;
        return Handle(type, handler, (JsonTypeInfo<TIn>)json.GetTypeInfo(typeof(TIn)), (JsonTypeInfo<TOut>)json.GetTypeInfo(typeof(TOut)));
    }

    /// <summary>Adds a handler for a type of task, with unparsed JSON.</summary>
    /// <param name="type">The task's type.</param>
    /// <param name="handler">Returns the result.</param>
    /// <exception cref="ArgumentException">The type has a handler.</exception>
    public TaskHandlers Handle(string type, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(handler);
        if (!_byType.TryAdd(type, handler)) throw new ArgumentException($"Tasks of type '{type}' have a handler already.", nameof(type));
        return this;
    }

    /// <summary>Adds a handler for all other tasks, including those without a type. Without it the worker refuses them.</summary>
    /// <param name="handler">Returns the result.</param>
    public TaskHandlers Otherwise(Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _otherwise = handler;
        return this;
    }

    /// <summary>The types that the hub may assign: those with a handler; empty if there is a handler for all others.</summary>
    internal IReadOnlyList<string> Types => _otherwise is null ? [.. _byType.Keys.Order(StringComparer.Ordinal)] : [];

    /// <summary>Returns one handler that stands for all present handlers.</summary>
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
