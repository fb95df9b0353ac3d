using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Server.Auth;

/// <summary>Creates the authenticator that a hub's options describe.</summary>
internal static class Authentication
{
    /// <exception cref="IOException">A key is not available; the message gives the reason.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static async Task<IAuthenticator> StartAsync(
        WaggleServerOptions options, TimeProvider time, ILogger log, Meter meter, RefusalLog refusals, RevokedTokens revoked)
    {
        var auth = options.Auth;
        if (auth.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        var metrics = new AuthMetrics(meter);
        if (!auth.Tokens) return new DevelopmentMode(options.Hive.Hive);
        var own = HubSigningKey.LoadOrCreate(options.DataFolder);
        JwksSource? jwks = null;
        if (auth.Issuer is { } issuer)
        {
            jwks = new JwksSource(auth.Jwks, issuer, auth.JwksInterval, time, log, metrics);
            try
            {
                await jwks.StartAsync();
            }
            catch
            {
                jwks.Dispose();
                throw;
            }
        }

        return new TokenAuthenticator(options.Hive.Hive, own, jwks, auth, time, log, metrics, refusals, revoked)
        {
            TaskTokens = new TaskTokens(own, options.Hive.Hive, auth.Leeway, time, revoked),
        };
    }
}
