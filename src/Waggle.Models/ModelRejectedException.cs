namespace Waggle.Models;

/// <summary>The provider does not accept the worker's key: no task can be worked on before the operator has mended it.</summary>
public sealed class ModelRejectedException(string message, Exception? inner = null) : Exception(message, inner);
