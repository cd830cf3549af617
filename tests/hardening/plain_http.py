"""A request as bytes: what no proper client would send."""

import asyncio


async def ask(port: int, request: bytes) -> bytes:
    """Send a request that lets the server close, and read all that it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(-1), 30)
    finally:
        writer.transport.abort()


async def exchange(port: int, request: bytes) -> bytes:
    """Send these bytes and read until the server closes, or says nothing for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = await asyncio.wait_for(reader.read(65_536), 30)
            if not piece:
                break
            answer += piece
    except ConnectionResetError:
        return b""
    else:
        return answer
    finally:
        writer.transport.abort()
