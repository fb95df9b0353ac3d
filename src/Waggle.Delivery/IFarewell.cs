namespace Waggle.Delivery;

/// <summary>Creates the last message that a client receives before a close, in the client's dialect.</summary>
public interface IFarewell
{
    /// <summary>Returns the last message for a close with this code and reason.</summary>
    IDeferred Farewell(int code, string reason);
}
