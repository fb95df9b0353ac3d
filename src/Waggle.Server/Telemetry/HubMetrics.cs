using System.Diagnostics.Metrics;

namespace Waggle.Server.Telemetry;

/// <summary>The metrics of the hub's connections: clients by transport, and refused clients.</summary>
internal sealed class HubMetrics
{
    public const string MeterName = "Waggle.Hub";

    private readonly Counter<long> _refused;
    private Func<IEnumerable<(string Kind, string Road)>> _clients = () => [];

    public HubMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _refused = meter.CreateCounter<long>("waggle.hub.refused", "{connection}", "Clients rejected by a connection limit, by code (spec/errors.md).");
        meter.CreateObservableGauge(
            "waggle.hub.clients", Read, "{client}",
            "Connected clients, by kind (websocket, event_stream, poll, socket_io) and road (socket, pipe, stream, poll).");
    }

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Watch(Func<IEnumerable<(string Kind, string Road)>> clients) => _clients = clients;

    private IEnumerable<Measurement<long>> Read() => _clients().CountBy(c => c).Select(g => new Measurement<long>(
        g.Value, new KeyValuePair<string, object?>("kind", g.Key.Kind), new KeyValuePair<string, object?>("road", g.Key.Road)));
}
