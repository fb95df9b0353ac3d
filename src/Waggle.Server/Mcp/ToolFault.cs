using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Server.Mcp;

/// <summary>The exception that ends the call of a tool with an error.</summary>
/// <param name="next">What the caller can do; null takes the advice for the code.</param>
internal sealed class ToolFault(Error error, string? next = null) : Exception(error.Message)
{
    public Error Error => error;

    public string? Next => next;

    public static ToolFault Invalid(string message, string? next = null) => new(new(ErrorCodes.InvalidRequest, message), next);
}
