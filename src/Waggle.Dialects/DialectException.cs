using Waggle.Core.Kernel;

namespace Waggle.Dialects;

/// <summary>What a client sent ends here, with an error. Thrown by what reads it, so that the code of a message or route is its good case.</summary>
public sealed class DialectException(Error error) : Exception(error.Message)
{
    public Error Error => error;
}
