using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Server.Api;

/// <summary>
/// The exception that ends a request with an error. The code that reads requests throws it, so that the code of an endpoint needs no error paths.
/// </summary>
internal sealed class ApiFault(Error error) : Exception(error.Message)
{
    public ApiFault(string code, string message)
        : this(new Error(code, message))
    {
    }

    public Error Error => error;

    public static ApiFault Invalid(string message) => new(ErrorCodes.InvalidRequest, message);
}
