using System.Diagnostics.Metrics;

namespace Waggle.Server.Auth;

/// <summary>The metrics of refused clients, and of the age of an issuer's keys.</summary>
internal sealed class AuthMetrics
{
    public const string MeterName = "Waggle.Auth";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _loads;

    public AuthMetrics(Meter meter)
    {
        _refused = meter.CreateCounter<long>("waggle.auth.refused", "{token}", "Rejected tokens, by reason; missing means that there was none.");
        _loads = meter.CreateCounter<long>(
            "waggle.auth.jwks.loads", "{load}", "Reads of the identity provider's keys, by result: ok or failed (the previous keys stay in use).");
    }

    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Loaded(bool ok) => _loads.Add(1, new KeyValuePair<string, object?>("result", ok ? "ok" : "failed"));
}
