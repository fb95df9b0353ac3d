using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Topics;

namespace Waggle.Client;

/// <summary>
/// Handlers for the observations of an observer, each for a pattern of topics; see <see cref="Observer.RunAsync"/>. A record goes to every handler whose
/// pattern matches, one after the other, in the order of the hub and of the handlers. An exception of a handler ends the run.
/// </summary>
public sealed class ObservationHandlers
{
    private const string Reflection = "JSON by reflection; the overload with JsonTypeInfo works with trimming and ahead-of-time compilation.";

    private readonly List<(TopicPattern Pattern, Func<RecordObserved, CancellationToken, ValueTask> Handler)> _records = [];
    private Func<Observation, CancellationToken, ValueTask>? _loss;

    /// <summary>Adds a handler for records with their data as .NET values, by source-generated JSON.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="handler">Receives the data and the record.</param>
    /// <param name="type">The JSON of the data. Data of another form throws a <see cref="JsonException"/>.</param>
    public ObservationHandlers On<T>(string pattern, Func<T, RecordObserved, CancellationToken, ValueTask> handler, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(type);
        return On(pattern, (observed, cancel) =>
            handler(
                JsonSerializer.Deserialize(observed.Record.Data.Utf8.Span, type)
                    ?? throw new JsonException($"A record of {observed.Record.Topic} has no data."),
                observed,
                cancel));
    }

    /// <summary>Adds a handler for records with their data as .NET values, by reflection: camelCase names, read without regard to case.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="handler">Receives the data and the record.</param>
    /// <param name="json">The JSON options, in place of <see cref="JsonSerializerOptions.Web"/>.</param>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public ObservationHandlers On<T>(string pattern, Func<T, RecordObserved, CancellationToken, ValueTask> handler, JsonSerializerOptions? json = null) =>
        On(pattern, handler, (JsonTypeInfo<T>)(json ?? JsonSerializerOptions.Web).GetTypeInfo(typeof(T)));

    /// <summary>Adds a handler for unparsed records.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="handler">Receives the record.</param>
    public ObservationHandlers On(string pattern, Func<RecordObserved, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!TopicPattern.TryParse(pattern, out var parsed))
            throw new ArgumentException(
                $"'{pattern}' is not a topic or pattern: dot-separated segments; '*' for one segment, '#' for one or more at the end.", nameof(pattern));
        _records.Add((parsed, handler));
        return this;
    }

    /// <summary>
    /// Adds a handler for <see cref="GapObserved"/> and <see cref="NotRecovered"/>, after which the program loads the state again. Without such a handler, a
    /// loss ends the run.
    /// </summary>
    /// <param name="handler">Receives the loss.</param>
    public ObservationHandlers OnLoss(Func<Observation, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _loss = handler;
        return this;
    }

    internal async ValueTask HandleAsync(Observation observation, CancellationToken cancel)
    {
        if (observation is RecordObserved observed)
        {
            foreach (var (pattern, handler) in _records)
            {
                if (pattern.Matches(observed.Record.Topic)) await handler(observed, cancel);
            }
        }
        else if (_loss is { } loss)
        {
            await loss(observation, cancel);
        }
        else
        {
            throw new WaggleException(ClientErrorCodes.Missed, $"Records before {observation.Position} were missed, and no handler for it is registered.");
        }
    }
}
