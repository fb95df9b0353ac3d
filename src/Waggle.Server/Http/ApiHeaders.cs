namespace Waggle.Server.Http;

/// <summary>The header names of the REST API.</summary>
internal static class ApiHeaders
{
    public const string Position = "Waggle-Position";
    public const string IdempotencyKey = "Idempotency-Key";
    public const string Agent = "Waggle-Agent";
    public const string Secret = "Waggle-Secret";
    public const string Attempt = "Waggle-Attempt";
    public const string Token = "Waggle-Token";
}
