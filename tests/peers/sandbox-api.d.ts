/** Made by "isoauth types" out of the OpenAPI description "The sandbox of isoauth", version 1.0.0.
 * Its owner may have rights in it: ask them before this file is published. Written anew at each run.
 */

export interface paths {
    "/portfolio/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts of the user */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description One account. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Account"][];
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/auth/ssodh/init": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens the brokerage session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        publish: boolean;
                        compete?: boolean;
                    };
                };
            };
            responses: {
                /** @description The status after it. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionStatus"];
                    };
                };
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["InitFailed"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/auth/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The status of the brokerage session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The status. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionStatus"];
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        put?: never;
        /** The status of the brokerage session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The status. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionStatus"];
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts that may trade in the session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The accounts. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            accounts: string[];
                            aliases: {
                                [key: string]: string;
                            };
                            selectedAccount: string;
                            sessionId: string;
                            isPaper: boolean;
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tickle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keeps the session alive */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Session id and status. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tickle"];
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        put?: never;
        /** Keeps the session alive */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Session id and status. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tickle"];
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sso/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sign-in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Who is signed in. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            USER_ID: number;
                            USER_NAME: string;
                            RESULT: boolean;
                            AUTH_TIME: number;
                            lastAccessed: number;
                            CREDENTIAL: string;
                            IP: string;
                        };
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the brokerage session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is ended. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            status: boolean;
                        };
                    };
                };
                401: components["responses"]["Unauthorized"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Selects the account that calls without one are about */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        acctId: string;
                    };
                };
            };
            responses: {
                /** @description It is selected. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            set: boolean;
                            acctId: string;
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/account/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The orders of the account */
        get: {
            parameters: {
                query?: {
                    /** @description The user's account, which is the default. */
                    accountId?: string;
                    /** @description States, joined by commas, such as submitted. */
                    filters?: string;
                    /** @description Ends the silence of the stream that filters began. */
                    force?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The orders. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orders: components["schemas"]["Order"][];
                            snapshot: boolean;
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/account/trades": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The executions of the account */
        get: {
            parameters: {
                query?: {
                    /** @description How many days back. */
                    days?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The executions. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Trade"][];
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/account/{accountId}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Places orders */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    accountId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        orders: components["schemas"]["OrderRequest"][];
                    };
                };
            };
            responses: {
                /** @description What became of them. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderAnswer"];
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/account/{accountId}/order/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes an order */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    accountId: string;
                    orderId: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrderRequest"];
                };
            };
            responses: {
                /** @description What became of it. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderAnswer"];
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        /** Cancels an order */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    accountId: string;
                    orderId: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It was cancelled, or why not. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            msg: string;
                            order_id: number;
                            conid: number;
                            account: string;
                        } | components["schemas"]["OrderRefusal"];
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/reply/{replyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers the question about an order */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    replyId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        confirmed: boolean;
                    };
                };
            };
            responses: {
                /** @description What became of the order. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrderAnswer"];
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/questions/suppress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has kinds of questions not asked in this brokerage session */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        messageIds: string[];
                    };
                };
            };
            responses: {
                /** @description They are not asked any more. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            status: string;
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/questions/suppress/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has every question asked again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description They are asked again. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            status: string;
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/iserver/marketdata/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Bars of a contract, invented */
        get: {
            parameters: {
                query: {
                    /** @description Contract id. */
                    conid: number;
                    /** @description How far back, such as 1d: a number with min, h, d, w, m or y. */
                    period: string;
                    /** @description Length of a bar; 1d by default. */
                    bar?: string;
                    /** @description Bars outside regular hours too. */
                    outsideRth?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bars. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            serverId: string;
                            symbol: string;
                            text: string;
                            priceFactor: number;
                            startTime: string;
                            timePeriod: string;
                            barLength: number;
                            bar: string;
                            outsideRth: boolean;
                            mdAvailability: string;
                            travelTime: number;
                            points: number;
                            data: components["schemas"]["Bar"][];
                        };
                    };
                };
                400: components["responses"]["NoSession"];
                401: components["responses"]["Unauthorized"];
                500: components["responses"]["AccountsFirst"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            id: string;
            accountId: string;
            accountTitle: string;
            displayName: string;
            accountAlias: string | null;
            accountStatus: number;
            currency: string;
            type: string;
            tradingType: string;
            clearingStatus: string;
        };
        SessionStatus: {
            authenticated: boolean;
            connected: boolean;
            competing: boolean;
            established?: boolean;
            message?: string;
            fail?: string;
        };
        Tickle: {
            session: string;
            ssoExpires: number;
            collission: boolean;
            userId: number;
            hmds: {
                error?: string;
                authStatus?: components["schemas"]["SessionStatus"];
            };
            iserver: {
                authStatus: components["schemas"]["SessionStatus"];
            };
        };
        Error: {
            error: string;
            statusCode?: number;
        };
        OrderRequest: {
            conid: number;
            /** @enum {unknown} */
            side: "BUY" | "SELL";
            /** @enum {unknown} */
            orderType: "LMT" | "MKT" | "STP" | "STOP_LIMIT" | "MIDPRICE" | "TRAIL" | "TRAILLMT";
            price?: number;
            quantity: number;
            /** @enum {unknown} */
            tif: "DAY" | "GTC" | "IOC" | "OPG" | "PAX" | "OVT" | "OND";
            cOID?: string;
        };
        /** @enum {unknown} */
        OrderStatus: "PendingSubmit" | "PreSubmitted" | "Submitted" | "Filled" | "PendingCancel" | "Cancelled" | "Inactive";
        OrderTaken: {
            order_id: string;
            local_order_id?: string;
            order_status: components["schemas"]["OrderStatus"];
            encrypt_message: string;
        };
        OrderQuestion: {
            id: string;
            message: string[];
            isSuppressed: boolean;
            messageIds: string[];
        };
        OrderRefusal: {
            error: string;
        };
        /** @description Taken, a question that is answered with /iserver/reply/{replyId}, or a refusal, all with status 200. */
        OrderAnswer: components["schemas"]["OrderTaken"][] | components["schemas"]["OrderQuestion"][] | components["schemas"]["OrderRefusal"];
        Order: {
            acct: string;
            account: string;
            conid: number;
            conidex: string;
            orderId: number;
            /** @enum {unknown} */
            side: "BUY" | "SELL";
            orderType: string;
            timeInForce: string;
            status: components["schemas"]["OrderStatus"];
            order_ccp_status: string;
            totalSize: number;
            filledQuantity: number;
            remainingQuantity: number;
            sizeAndFills: string;
            orderDesc: string;
            avgPrice: string;
            price?: string;
            order_ref?: string;
            ticker: string;
            secType: string;
            listingExchange: string;
            companyName: string;
            cashCcy: string;
            lastExecutionTime: string;
            lastExecutionTime_r: number;
        };
        Trade: {
            execution_id: string;
            order_id: number;
            account: string;
            conid: number;
            /** @enum {unknown} */
            side: "B" | "S";
            size: number;
            price: string;
            net_amount: number;
            commission: string;
            order_ref?: string;
            order_description: string;
            symbol: string;
            exchange: string;
            sec_type: string;
            trade_time: string;
            trade_time_r: number;
        };
        Bar: {
            o: number;
            c: number;
            h: number;
            l: number;
            v: number;
            t: number;
        };
    };
    responses: {
        /** @description The signature or the token was refused. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no brokerage session: open one first; or something is missing in the call. */
        NoSession: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description /iserver/accounts has to be asked first in the brokerage session. */
        AccountsFirst: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description publish has to be true. */
        InitFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    error: string;
                };
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
